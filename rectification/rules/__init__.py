"""Arithmetic of what is put right: plain values in and out, no Django."""
