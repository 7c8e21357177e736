"""The voices, as data: names from the published specification, descriptions from the voices pages.

Most voices have no published UUID; `uuid` is then empty and `model_uuid` mints a stable one.
"""

import uuid
from functools import cache

from ringback.core.base.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice. *name* is canonical, such as `aura-2-thalia-en`; *tags* start with the gender."""

    name: str
    architecture: str
    languages: tuple[str, ...]
    age: str
    accent: str
    tags: tuple[str, ...]
    use_cases: tuple[str, ...]
    uuid: str = ""
    withdrawn: bool = False

    @property
    def model_uuid(self) -> str:
        """The published UUID, or one derived from the name (UUIDv5, assumed)."""
        return self.uuid or _minted(self.name)


@cache
def _minted(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


# fmt: off
_AURA = (
    Voice("aura-angus-en", "aura", ("en", "en-IE"), "Adult", "Irish", ("masculine", "warm", "friendly", "natural"), ("Storytelling",), uuid="b50880e3-4e2e-4e53-ba27-ea0472bf2cf4"),
    Voice("aura-arcas-en", "aura", ("en", "en-US"), "Adult", "American", ("masculine", "natural", "smooth", "clear", "comfortable"), ("Customer service", "casual chat")),
    Voice("aura-asteria-en", "aura", ("en", "en-US"), "Adult", "American", ("feminine", "clear", "confident", "knowledgeable", "energetic"), ("Advertising",)),
    Voice("aura-athena-en", "aura", ("en", "en-GB"), "Mature", "British", ("feminine", "calm", "smooth", "professional"), ("Storytelling",)),
    Voice("aura-helios-en", "aura", ("en", "en-GB"), "Adult", "British", ("masculine", "professional", "clear", "confident"), ("Customer service",)),
    Voice("aura-hera-en", "aura", ("en", "en-US"), "Adult", "American", ("feminine", "smooth", "warm", "professional"), ("Informative",)),
    Voice("aura-luna-en", "aura", ("en", "en-US"), "Young Adult", "American", ("feminine", "friendly", "natural", "engaging"), ("IVR",)),
    Voice("aura-orion-en", "aura", ("en", "en-US"), "Adult", "American", ("masculine", "approachable", "comfortable", "calm", "polite"), ("Informative",)),
    Voice("aura-orpheus-en", "aura", ("en", "en-US"), "Adult", "American", ("masculine", "professional", "clear", "confident", "trustworthy"), ("Customer service", "storytelling")),
    Voice("aura-perseus-en", "aura", ("en", "en-US"), "Adult", "American", ("masculine", "confident", "professional", "clear"), ("Customer service",)),
    Voice("aura-stella-en", "aura", ("en", "en-US"), "Adult", "American", ("feminine", "clear", "professional", "engaging"), ("Customer service",)),
    Voice("aura-zeus-en", "aura", ("en", "en-US"), "Adult", "American", ("masculine", "deep", "trustworthy", "smooth"), ("IVR",)),
    Voice("aura-2-amalthea-en", "aura-2", ("en", "en-PH"), "Young Adult", "Filipino", ("feminine", "engaging", "natural", "cheerful"), ("Casual chat",)),
    Voice("aura-2-andromeda-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "casual", "expressive", "comfortable"), ("Customer service", "IVR")),
    Voice("aura-2-apollo-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "confident", "comfortable", "casual"), ("Casual chat",)),
    Voice("aura-2-arcas-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "natural", "smooth", "clear", "comfortable"), ("Customer service", "casual chat")),
    Voice("aura-2-aries-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "warm", "energetic", "caring"), ("Casual chat",)),
    Voice("aura-2-asteria-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "clear", "confident", "knowledgeable", "energetic"), ("Advertising",)),
    Voice("aura-2-athena-en", "aura-2", ("en", "en-US"), "Mature", "American", ("feminine", "calm", "smooth", "professional"), ("Storytelling",)),
    Voice("aura-2-atlas-en", "aura-2", ("en", "en-US"), "Mature", "American", ("masculine", "enthusiastic", "confident", "approachable", "friendly"), ("Advertising",)),
    Voice("aura-2-aurora-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "cheerful", "expressive", "energetic"), ("Interview",)),
    Voice("aura-2-callista-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "clear", "energetic", "professional", "smooth"), ("IVR",)),
    Voice("aura-2-cora-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "smooth", "melodic", "caring"), ("Storytelling",)),
    Voice("aura-2-cordelia-en", "aura-2", ("en", "en-US"), "Young Adult", "American", ("feminine", "approachable", "warm", "polite"), ("Storytelling",)),
    Voice("aura-2-delia-en", "aura-2", ("en", "en-US"), "Young Adult", "American", ("feminine", "casual", "friendly", "cheerful", "breathy"), ("Interview",)),
    Voice("aura-2-draco-en", "aura-2", ("en", "en-GB"), "Adult", "British", ("masculine", "warm", "approachable", "trustworthy", "baritone"), ("Storytelling",)),
    Voice("aura-2-electra-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "professional", "engaging", "knowledgeable"), ("IVR", "advertising", "customer service")),
    Voice("aura-2-harmonia-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "empathetic", "clear", "calm", "confident"), ("Customer service",)),
    Voice("aura-2-helena-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "caring", "natural", "positive", "friendly", "raspy"), ("IVR", "casual chat"), uuid="4fa750e6-8ade-4394-849f-c104ced3741e"),
    Voice("aura-2-hera-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "smooth", "warm", "professional"), ("Informative",)),
    Voice("aura-2-hermes-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "expressive", "engaging", "professional"), ("Informative",)),
    Voice("aura-2-hyperion-en", "aura-2", ("en", "en-AU"), "Adult", "Australian", ("masculine", "caring", "warm", "empathetic"), ("Interview",)),
    Voice("aura-2-iris-en", "aura-2", ("en", "en-US"), "Young Adult", "American", ("feminine", "cheerful", "positive", "approachable"), ("IVR", "advertising", "customer service")),
    Voice("aura-2-janus-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "southern", "smooth", "trustworthy"), ("Storytelling",)),
    Voice("aura-2-juno-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "natural", "engaging", "melodic", "breathy"), ("Interview",)),
    Voice("aura-2-jupiter-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "expressive", "knowledgeable", "baritone"), ("Informative",)),
    Voice("aura-2-luna-en", "aura-2", ("en", "en-US"), "Young Adult", "American", ("feminine", "friendly", "natural", "engaging"), ("IVR",)),
    Voice("aura-2-mars-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "smooth", "patient", "trustworthy", "baritone"), ("Customer service",)),
    Voice("aura-2-minerva-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "positive", "friendly", "natural"), ("Storytelling",)),
    Voice("aura-2-neptune-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "professional", "patient", "polite"), ("Customer service",)),
    Voice("aura-2-odysseus-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "calm", "smooth", "comfortable", "professional"), ("Advertising",)),
    Voice("aura-2-ophelia-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "expressive", "enthusiastic", "cheerful"), ("Interview",)),
    Voice("aura-2-orion-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "approachable", "comfortable", "calm", "polite"), ("Informative",)),
    Voice("aura-2-orpheus-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "professional", "clear", "confident", "trustworthy"), ("Customer service", "storytelling")),
    Voice("aura-2-pandora-en", "aura-2", ("en", "en-GB"), "Adult", "British", ("feminine", "smooth", "calm", "melodic", "breathy"), ("IVR", "informative")),
    Voice("aura-2-phoebe-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "energetic", "warm", "casual"), ("Customer service",)),
    Voice("aura-2-pluto-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "smooth", "calm", "empathetic", "baritone"), ("Interview", "storytelling")),
    Voice("aura-2-saturn-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "knowledgeable", "confident", "baritone"), ("Customer service",)),
    Voice("aura-2-selene-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "expressive", "engaging", "energetic"), ("Informative",)),
    Voice("aura-2-thalia-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "clear", "confident", "energetic", "enthusiastic"), ("Casual chat", "customer service", "IVR"), uuid="0bb159e1-5c0a-48fb-aa29-ed7c0401f116"),
    Voice("aura-2-theia-en", "aura-2", ("en", "en-AU"), "Adult", "Australian", ("feminine", "expressive", "polite", "sincere"), ("Informative",)),
    Voice("aura-2-vesta-en", "aura-2", ("en", "en-US"), "Adult", "American", ("feminine", "natural", "expressive", "patient", "empathetic"), ("Customer service", "interview", "storytelling")),
    Voice("aura-2-zeus-en", "aura-2", ("en", "en-US"), "Adult", "American", ("masculine", "deep", "trustworthy", "smooth"), ("IVR",), uuid="2baf189d-91ac-481d-b6d1-750888667b31"),
    Voice("aura-2-agustina-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("feminine", "calm", "clear", "expressive", "knowledgeable", "professional"), ("Interview", "Casual Chat")),
    Voice("aura-2-alvaro-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("masculine", "calm", "professional", "clear", "knowledgeable", "approachable"), ("Interview", "Customer Service")),
    Voice("aura-2-antonia-es", "aura-2", ("es", "es-AR"), "Adult", "Argentine", ("feminine", "approachable", "enthusiastic", "friendly", "natural", "professional"), ("Customer Service", "Interview", "Casual Chat")),
    Voice("aura-2-aquila-es", "aura-2", ("es", "es-419"), "Adult", "Latin American", ("masculine", "expressive", "enthusiastic", "confident", "casual", "comfortable"), ("Casual Chat", "Informative")),
    Voice("aura-2-carina-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("feminine", "professional", "raspy", "energetic", "breathy", "confident"), ("Interview", "Customer Service", "IVR")),
    Voice("aura-2-celeste-es", "aura-2", ("es", "es-CO"), "Young Adult", "Colombian", ("feminine", "clear", "energetic", "positive", "friendly", "enthusiastic"), ("Casual Chat", "Advertising", "IVR")),
    Voice("aura-2-diana-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("feminine", "professional", "confident", "expressive", "polite", "knowledgeable"), ("Storytelling", "Advertising")),
    Voice("aura-2-estrella-es", "aura-2", ("es", "es-MX"), "Mature", "Mexican", ("feminine", "approachable", "natural", "calm", "comfortable", "expressive"), ("Casual Chat", "Interview")),
    Voice("aura-2-gloria-es", "aura-2", ("es", "es-CO"), "Young Adult", "Colombian", ("feminine", "casual", "clear", "expressive", "natural", "smooth"), ("Customer Service", "Casual Chat")),
    Voice("aura-2-javier-es", "aura-2", ("es", "es-MX"), "Adult", "Mexican", ("masculine", "approachable", "professional", "friendly", "comfortable", "calm"), ("Casual Chat", "IVR", "Storytelling")),
    Voice("aura-2-luciano-es", "aura-2", ("es", "es-MX"), "Adult", "Mexican", ("masculine", "charismatic", "cheerful", "energetic", "expressive", "friendly"), ("Customer Service", "Casual Chat")),
    Voice("aura-2-nestor-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("masculine", "calm", "professional", "approachable", "clear", "confident"), ("Casual Chat", "Customer Service")),
    Voice("aura-2-olivia-es", "aura-2", ("es", "es-MX"), "Adult", "Mexican", ("feminine", "breathy", "calm", "casual", "expressive", "warm"), ("Customer Service", "Casual Chat")),
    Voice("aura-2-selena-es", "aura-2", ("es", "es-419"), "Young Adult", "Latin American", ("feminine", "approachable", "casual", "friendly", "calm", "positive"), ("Customer Service", "Informative")),
    Voice("aura-2-silvia-es", "aura-2", ("es", "es-ES"), "Adult", "Peninsular", ("feminine", "charismatic", "clear", "expressive", "natural", "warm"), ("Customer Service", "Casual Chat")),
    Voice("aura-2-sirio-es", "aura-2", ("es", "es-MX"), "Adult", "Mexican", ("masculine", "calm", "professional", "comfortable", "empathetic", "baritone"), ("Casual Chat", "Interview")),
    Voice("aura-2-valerio-es", "aura-2", ("es", "es-MX"), "Adult", "Mexican", ("masculine", "deep", "knowledgeable", "natural", "polite", "professional"), ("Customer Service", "Informative")),
    Voice("aura-2-aurelia-de", "aura-2", ("de", "de-DE"), "Young Adult", "German", ("feminine", "approachable", "casual", "comfortable", "natural", "sincere"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-elara-de", "aura-2", ("de", "de-DE"), "Adult", "German", ("feminine", "calm", "clear", "natural", "patient", "trustworthy"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-fabian-de", "aura-2", ("de", "de-DE"), "Mature", "German", ("masculine", "confident", "knowledgeable", "natural", "polite", "professional"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-julius-de", "aura-2", ("de", "de-DE"), "Adult", "German", ("masculine", "casual", "cheerful", "engaging", "expressive", "friendly"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-kara-de", "aura-2", ("de", "de-DE"), "Young Adult", "German", ("feminine", "caring", "empathetic", "expressive", "professional", "warm"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-lara-de", "aura-2", ("de", "de-DE"), "Young Adult", "German", ("feminine", "caring", "cheerful", "empathetic", "expressive", "warm"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-viktoria-de", "aura-2", ("de", "de-DE"), "Adult", "German", ("feminine", "charismatic", "cheerful", "enthusiastic", "friendly", "warm"), ("Healthcare", "Customer Service", "Sales", "Financial Services")),
    Voice("aura-2-beatrix-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "cheerful", "enthusiastic", "friendly", "trustworthy", "warm"), ("Customer Service",)),
    Voice("aura-2-cornelia-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "approachable", "friendly", "polite", "positive", "warm"), ("Customer Service",)),
    Voice("aura-2-daphne-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "calm", "clear", "confident", "professional", "smooth"), ("Healthcare", "Interview", "Casual Chat", "Audiobook")),
    Voice("aura-2-hestia-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "approachable", "caring", "expressive", "friendly", "knowledgeable"), ("Customer Service",)),
    Voice("aura-2-lars-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("masculine", "breathy", "casual", "comfortable", "sincere", "trustworthy"), ("Customer Service",)),
    Voice("aura-2-leda-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "caring", "comfortable", "empathetic", "friendly", "sincere"), ("Sales",)),
    Voice("aura-2-rhea-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("feminine", "caring", "knowledgeable", "positive", "smooth", "warm"), ("Customer Service",)),
    Voice("aura-2-roman-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("masculine", "calm", "casual", "deep", "natural", "patient"), ("Customer Service",)),
    Voice("aura-2-sander-nl", "aura-2", ("nl", "nl-NL"), "Adult", "Dutch", ("masculine", "calm", "clear", "deep", "professional", "smooth"), ("Customer Service",)),
    Voice("aura-2-agathe-fr", "aura-2", ("fr", "fr-FR"), "Adult", "French", ("feminine", "charismatic", "cheerful", "enthusiastic", "friendly", "natural"), ("Customer Service",), uuid="6fe3f8e3-14d3-456c-9534-766132310608"),
    Voice("aura-2-hector-fr", "aura-2", ("fr", "fr-FR"), "Adult", "French", ("masculine", "confident", "empathetic", "expressive", "friendly", "patient"), ("Customer Service",)),
    Voice("aura-2-cesare-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("masculine", "clear", "empathetic", "knowledgeable", "natural", "smooth"), ("Casual Chat", "Customer Service", "Interview", "IVR")),
    Voice("aura-2-cinzia-it", "aura-2", ("it", "it-IT"), "Mature", "Italian", ("feminine", "approachable", "friendly", "smooth", "trustworthy", "warm"), ("Customer Service", "Interview", "Narration")),
    Voice("aura-2-demetra-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("feminine", "calm", "comfortable", "patient"), ("Casual Chat", "Interview", "Narration")),
    Voice("aura-2-dionisio-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("masculine", "confident", "engaging", "friendly", "melodic", "positive"), ("Interview", "Casual Chat", "Customer Service")),
    Voice("aura-2-elio-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("masculine", "breathy", "calm", "professional", "smooth", "trustworthy"), ("Interview", "Casual Chat", "Customer Service")),
    Voice("aura-2-flavio-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("masculine", "confident", "deep", "empathetic", "professional", "trustworthy"), ("Casual Chat", "Interview", "Customer Service")),
    Voice("aura-2-livia-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("feminine", "approachable", "cheerful", "clear", "engaging", "expressive"), ("Customer Service", "Interview", "Audiobook")),
    Voice("aura-2-maia-it", "aura-2", ("it", "it-IT"), "Young Adult", "Italian", ("feminine", "caring", "energetic", "expressive", "professional", "warm"), ("Interview", "Casual Chat", "Customer Service")),
    Voice("aura-2-melia-it", "aura-2", ("it", "it-IT"), "Adult", "Italian", ("feminine", "clear", "comfortable", "engaging", "friendly", "natural"), ("Casual Chat", "Customer Service", "Interview")),
    Voice("aura-2-perseo-it", "aura-2", ("it",), "", "", (), (), withdrawn=True),
    Voice("aura-2-ama-ja", "aura-2", ("ja", "ja-JP"), "Adult", "Japanese", ("feminine", "casual", "comfortable", "confident", "knowledgeable", "natural"), ("Interview", "IVR")),
    Voice("aura-2-ebisu-ja", "aura-2", ("ja", "ja-JP"), "Young Adult", "Japanese", ("masculine", "calm", "deep", "natural", "patient", "sincere"), ("Casual Chat", "Customer Service")),
    Voice("aura-2-fujin-ja", "aura-2", ("ja", "ja-JP"), "Adult", "Japanese", ("masculine", "calm", "confident", "knowledgeable", "professional", "smooth"), ("Interview", "Casual Chat", "IVR")),
    Voice("aura-2-izanami-ja", "aura-2", ("ja", "ja-JP"), "Adult", "Japanese", ("feminine", "approachable", "clear", "knowledgeable", "polite", "professional"), ("Casual Chat", "Customer Service", "Interview", "IVR")),
    Voice("aura-2-uzume-ja", "aura-2", ("ja", "ja-JP"), "Young Adult", "Japanese", ("feminine", "approachable", "clear", "polite", "professional", "trustworthy"), ("Customer Service", "Interview", "IVR", "Commercial")),
)

_FLUX = (
    Voice("flux-hannah-en", "flux-tts", ("en",), "Young", "American", ("feminine",), ()),
    Voice("flux-kit-en", "flux-tts", ("en",), "Young Adult", "British", ("masculine",), ()),
    Voice("flux-alexis-en", "flux-tts", ("en",), "Adult", "American", ("feminine",), (), uuid="36f312ab-d06a-4c1c-9071-ba18bebb29e9"),
    Voice("flux-cliff-en", "flux-tts", ("en",), "Mature", "American", ("masculine",), ()),
    Voice("flux-sienna-en", "flux-tts", ("en",), "Young Adult", "American", ("feminine",), ()),
    Voice("flux-cole-en", "flux-tts", ("en",), "Young", "American", ("masculine",), ()),
    Voice("flux-brooke-en", "flux-tts", ("en",), "Young", "American", ("feminine",), ()),
    Voice("flux-colin-en", "flux-tts", ("en",), "Adult", "British", ("masculine",), ()),
    Voice("flux-gemma-en", "flux-tts", ("en",), "Young", "British", ("feminine",), ()),
    Voice("flux-haley-en", "flux-tts", ("en",), "Young Adult", "American", ("feminine",), (), uuid="98bee083-eeff-4d22-9f09-e5b522873d44"),
    Voice("flux-heather-en", "flux-tts", ("en",), "Young", "American", ("feminine",), ()),
    Voice("flux-miles-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-sean-en", "flux-tts", ("en",), "Mature", "British", ("masculine",), ()),
    Voice("flux-bree-en", "flux-tts", ("en",), "Mature", "American", ("feminine",), ()),
    Voice("flux-brittany-en", "flux-tts", ("en",), "Mature", "American", ("feminine",), ()),
    Voice("flux-bruce-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-conor-en", "flux-tts", ("en",), "Mature", "British", ("masculine",), ()),
    Voice("flux-donovan-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-drew-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-elise-en", "flux-tts", ("en",), "Adult", "American", ("feminine",), ()),
    Voice("flux-jack-en", "flux-tts", ("en",), "Adult", "British", ("masculine",), ()),
    Voice("flux-kai-en", "flux-tts", ("en",), "Young Adult", "Singaporean", ("masculine",), ()),
    Voice("flux-kelsey-en", "flux-tts", ("en",), "Young Adult", "American", ("feminine",), ()),
    Voice("flux-maeve-en", "flux-tts", ("en",), "Adult", "Irish", ("feminine",), ()),
    Voice("flux-marcelo-en", "flux-tts", ("en",), "Young Adult", "Filipino", ("masculine",), ()),
    Voice("flux-marcus-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-meena-en", "flux-tts", ("en",), "Adult", "Indian", ("feminine",), ()),
    Voice("flux-meghan-en", "flux-tts", ("en",), "Adult", "American", ("feminine",), ()),
    Voice("flux-naveen-en", "flux-tts", ("en",), "Adult", "Indian", ("masculine",), ()),
    Voice("flux-paige-en", "flux-tts", ("en",), "Young Adult", "American", ("feminine",), ()),
    Voice("flux-priya-en", "flux-tts", ("en",), "Adult", "Indian", ("feminine",), ()),
    Voice("flux-rufus-en", "flux-tts", ("en",), "Adult", "British", ("masculine",), ()),
    Voice("flux-sharon-en", "flux-tts", ("en",), "Young", "Australian", ("feminine",), ()),
    Voice("flux-tanner-en", "flux-tts", ("en",), "Adult", "British", ("masculine",), ()),
    Voice("flux-wade-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
    Voice("flux-wes-en", "flux-tts", ("en",), "Adult", "American", ("masculine",), ()),
)
# fmt: on

AURA: dict[str, Voice] = {voice.name: voice for voice in _AURA if not voice.withdrawn}
"""The voices of `/v1/speak`, by name."""

WITHDRAWN: dict[str, Voice] = {voice.name: voice for voice in _AURA if voice.withdrawn}
"""Voices that were published once and are no more; they are listed on request."""

FLUX: dict[str, Voice] = {voice.name: voice for voice in _FLUX}
"""The voices of `/v2/speak`, by name."""

DEFAULT_VOICE = AURA["aura-asteria-en"]
