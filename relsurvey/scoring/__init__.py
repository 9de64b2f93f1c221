"""Answers to scores: person by construct."""
