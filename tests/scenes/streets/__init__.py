"""Street scenes with exact truth: traffic, pictures and what is really in them."""
