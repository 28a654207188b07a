from .describe import architectures as architectures
from .embedding import TARGETS as TARGETS
from .embedding import load_embedding as load_embedding
from .embedding import predict as predict
from .embedding import save_embedding as save_embedding
