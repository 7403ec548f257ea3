"""What the API's routes answer with."""
