"""Tests, one package per app, so that files of the same name do not collide."""
