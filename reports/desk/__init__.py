"""The staff's desk: what they see of cases and matches, and the doors by which they answer. Reads and doors only; every
write is a service's."""
