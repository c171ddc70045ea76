"""The report of an organisation, its draft and its papers; the secretary's account of the work (述职)."""
