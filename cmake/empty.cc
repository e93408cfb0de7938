// A library of headers alone still needs one translation unit.
