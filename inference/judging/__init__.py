"""From observations to a posterior and its explanation, by the equations and the data of the model."""
