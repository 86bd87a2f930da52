"""What the two Swedish reports saw, where the model can be asked: the rows ST of facts.csv."""
