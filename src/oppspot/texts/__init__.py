"""Evidence from text: documents about a lead, what an extractor proposes from them, and what people make of it."""
