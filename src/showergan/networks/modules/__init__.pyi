from .architectures import architectures as architectures
from .built import Discriminator as Discriminator
from .built import Generator as Generator
from .built import state_of as state_of
from .convolution import Conv2d as Conv2d
from .description import describe as describe
