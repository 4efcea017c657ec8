"""The MLS Workbench: understand, see and break group encryption."""
