"""What is kept: envelope, kinds, markings, originators, signatures, commitments."""
