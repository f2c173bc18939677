"""How people sign in: what this node decides where django-allauth asks.

accounts   who may enter, and how often somebody may try
factors    second factors: whose they are, how their secrets are kept
limits     when somebody who tried too often may try again
sessions   where an account is signed in
events     what of it the trail notes
"""
