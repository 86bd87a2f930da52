"""Who may take up an innovation: regions, clinics, and what each clinic is like at the start.

A clinic is known by a hash of its region and name, never by its place in a file, and everything about it is an
addressed draw on that hash. So a clinic is the same whatever else the population holds, and in whatever order.
"""

from sim.population.characteristics import Attributes, attributes
from sim.population.own_clinics import MOST_BYTES, MOST_CLINICS, ClinicRow, read_clinics_csv
from sim.population.regions import canonical_region, known_regions
from sim.population.structure import NumberedNames, Population, build

__all__ = [
    "MOST_BYTES",
    "MOST_CLINICS",
    "Attributes",
    "ClinicRow",
    "NumberedNames",
    "Population",
    "attributes",
    "build",
    "canonical_region",
    "known_regions",
    "read_clinics_csv",
]
