"""The brief's fifteen activities, one folder for each row; inside, one file for each level carried out."""
