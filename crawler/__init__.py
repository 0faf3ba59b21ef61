"""Everything that touches the network; knows no database."""
