"""The REST API: for programs of the institution's own people, with the roles of an account.

Every answer comes from the same actions as the pages and the commands. What one may not see and what does
not exist give the same answer.
"""
