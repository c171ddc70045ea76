"""The archive of an organisation's campaign: one bundle of everything that is there already, with its index."""
