"""The roll and imports as tables: on screen and as workbooks."""
