"""Other world models of a brush than the field that is shipped: V and M of World Models, and its MDN-RNN."""
