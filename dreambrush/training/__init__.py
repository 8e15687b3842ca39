"""The whole way from a brush file to a folder that ``dreambrush paint`` can use."""
