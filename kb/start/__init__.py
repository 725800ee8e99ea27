"""`kb init`: a knowledge base on any other subject, with the settings and pages that the engine's own repository has."""
