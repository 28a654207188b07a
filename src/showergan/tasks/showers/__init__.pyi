from . import dataset as dataset
from . import gflash as gflash
from .conditions import Conditioning as Conditioning
from .npz import write_npz as write_npz
from .remote import check_sha256 as check_sha256
from .remote import fetch_url as fetch_url
