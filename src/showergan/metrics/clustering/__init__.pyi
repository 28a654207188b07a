from .kmeans import Algorithm as Algorithm
from .kmeans import cluster_histograms as cluster_histograms
