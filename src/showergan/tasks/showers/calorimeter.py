"""The calorimeter that all simulations stand for: 70 layers of lead and polystyrene, read in cells of 1 cm."""

LAYERS = 70
LEAD_CM = 0.2
POLYSTYRENE_CM = 0.4
FRONT_FACE_CM = -6.0  # z of the front face; entry points are given in the plane z = 0
DEPTH_CM = LAYERS * (LEAD_CM + POLYSTYRENE_CM)
