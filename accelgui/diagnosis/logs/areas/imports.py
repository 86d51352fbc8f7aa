"""Installing and importing a framework, and what breaks that before any device is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.clues import certain, likely, possible
from accelgui.diagnosis.logs.signs import sign
from accelgui.model.finding import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accelgui.diagnosis.logs.clues import Candidate, Clues, Rule

_CERTAIN, _LIKELY = Confidence.CERTAIN, Confidence.LIKELY

SIGNS = (
    # Installing.
    sign(
        "tf_gpu_removed",
        ("tensorflow-gpu", "tensorflow_gpu"),
        r"(?:[\"']?tensorflow[-_]gpu[\"']? (?:package )?has been removed|tensorflow[-_]gpu==?2\.12"
        r"|The \"?tensorflow-gpu\"? package has been removed|Failed building wheel for"
        r" tensorflow[-_]gpu|tensorflow[-_]gpu-2\.12\.0\.tar|Please install \"?tensorflow"
        r"\"? instead)",
        says="tensorflow_gpu_package_removed",
        confidence=_CERTAIN,
    ),
    sign(
        "tf_gpu_none",
        "tensorflow",
        r"No matching distribution found for tensorflow[-_]gpu",
        says="tensorflow_gpu_package_removed",
    ),
    # The withdrawn package's own setup, as pip and setuptools repeat it.
    sign(
        "tf_gpu_setup",
        "no valid version specifier",
        r"no valid version specifier[^\n]{0,60}python_version>['\"]3\.7",
        says="tensorflow_gpu_package_removed",
    ),
    sign(
        "no_wheel",
        (
            "no matching distribution found",
            "could not find a version that satisfies",
            "is not a supported wheel",
            "requires a different python",
            "requires-python",
            "has no wheels",
            "no wheels with a matching",
            "unable to find installation candidates",
            "no solution found when resolving",
            "is not installable because",
            "not supported by python",
            "existing python installation in your environment",
            "nothing provides requested",
            "packagesnotfounderror",
            "not available from current channels",
            "no wheel for",
            "python version not supported",
            "requires python",
        ),
        r"(?:No matching distribution found for|satisfies the requirement) [\"']?(?P<name>"
        r"tensorflow|torch|jaxlib|jax|torch-xla|torch_xla|libtpu|onnxruntime|tensorrt|keras)"
        r"(?![-_]gpu)[\w.\[\]=<>,! +-]*"
        r"|(?P<wheel>(?:tensorflow|torch|jaxlib|torch_xla|onnxruntime)[\w.+-]*-cp\d+[\w.-]*\.whl)"
        r" is not a supported wheel|requires a different Python: [\d.]+ not in"
        r"|has no wheels with a matching Python|Unable to find installation candidates for"
        r" (?P<name2>"
        r"tensorflow|torch|jaxlib|jax|onnxruntime)|incompatible with the existing python"
        r" installation"
        r"|not available from current channels:? - (?P<name5>tensorflow|pytorch|jaxlib|cudatoolkit)"
        r"|package (?P<name3>tensorflow|pytorch|jaxlib)[\w.-]* requires python[ _]"
        r"|(?P<name4>tensorflow|torch|jaxlib|jax|onnxruntime)[\w.=<> -]{0,30} (?:requires|depends"
        r" on)"
        r" Python ?[<>=]",
    ),
    sign(
        "not_installed",
        "no module named",
        r"No module named ['\"](?P<name>tensorflow|torch|jax|jaxlib|keras|torch_xla)['\"]",
    ),
    sign(
        "not_installed_tf",
        "not installed",
        r"(?P<name>TensorFlow|PyTorch|JAX) is not installed",
        says="framework_not_installed",
        confidence=_LIKELY,
    ),
    # Python dependencies.
    sign(
        "protobuf",
        (
            "descriptors cannot",
            "protobuf",
            "_message",
            "messagefactory",
            "runtime_version",
            "descriptor pool",
        ),
        r"Descriptors cannot (?:not )?be created directly|cannot import name '(?:builder|"
        r"runtime_version)' from 'google\.protobuf|MessageFactory' object has no attribute"
        r" 'GetPrototype'|protobuf Gencode/Runtime (?:major )?versions?|google\.protobuf"
        r"\.runtime_version\.VersionError|downgrade the protobuf package|Couldn't (?:build|parse)"
        r" (?:proto"
        r" )?file (?:into|content)[^\n]{0,10} ?descriptor pool|protobuf[^\n]{0,40}(?:version of the"
        r" Protocol Buffer headers which is|incompatible with your Protocol Buffer)"
        r"|No module named 'google\.protobuf|module 'google\.protobuf[\w.]*' has no attribute",
        says="protobuf_incompatible",
        confidence=_CERTAIN,
    ),
    sign(
        "numpy",
        ("numpy", "_array_api", "np."),
        r"compiled using NumPy 1\.x cannot be run in\s+NumPy 2|_ARRAY_API not found"
        r"|(?<!RuntimeWarning:[ ])numpy\.(?:dtype|ndarray|core\.\w+) size changed, may"
        r" indicate binary incompat"
        r"|module 'numpy' has no attribute '(?:object|bool|int|float|complex_|float_)'"
        r"|module compiled against (?:ABI|API) version 0x\w+ but this version of numpy"
        r"|numpy\.core\.(?:_?multiarray\w*) failed to import|np\.\w+'? was removed in the NumPy 2"
        r"|RuntimeError: Numpy is not available|Failed to initialize NumPy: _ARRAY_API"
        r"|numpy\.core\._multiarray_umath (?:failed|' )|module 'numpy' has no attribute '(?:str|"
        r"typeDict|long|unicode|bool8|product|infty)'|No module named 'numpy\._core",
        says="numpy_abi_incompatible",
        confidence=_CERTAIN,
    ),
    sign(
        "static_tls",
        "static tls",
        r"cannot allocate memory in static TLS block",
        says="static_tls_exhausted",
        confidence=_CERTAIN,
    ),
    sign(
        "avx",
        (
            "compiled to use",
            "avx",
            "illegal instruction",
            "illegal hardware",
            "sigill",
            "-1073741795",
            "0xc000001d",
            "instruction set",
            "code 132",
        ),
        r"compiled to use (?P<what>AVX\w*|SSE[\w.]*)[^\n]{0,40}but (?:these|this) (?:aren't|isn't)"
        r" available|illegal (?:hardware )?instruction(?! was encountered)|SIGILL"
        r"|exit(?:ed with)? code 132|signal 4\b"
        r"|requires? (?:a CPU with )?AVX|-1073741795|0xc000001d"
        r"|CPU (?:does not|doesn't) (?:support|have)[^\n]{0,12} AVX2?\b|no AVX support"
        r"|(?:built|compiled) (?:using|with) AVX instructions, which your",
    ),
    sign(
        "avx_words",
        "but these aren't available",
        r"compiled to use [^\n]{0,60}but these aren't available",
    ),
    sign(
        "rosetta",
        ("rosetta", "mach-o", "x86 python", "incompatible architecture"),
        r"Rosetta|x86 Python installation on ARM"
        r"|(?:have|is) 'x86_64'?,? (?:\(?but )?need(?:ed)? '?arm64|incompatible"
        r" architecture \(have '?(?:x86_64|\(x86_64\))|need '?arm64",
    ),
    sign(
        "mac_avx",
        ("avx", "macos", "jaxlib"),
        r"jaxlib was compiled (?:to use|with) AVX[^\n]{0,80}(?:Rosetta|ARM|arm64|Apple)"
        r"|x86[^\n]{0,40}(?:on|under) (?:an )?(?:ARM|Apple)[^\n]{0,10} ?(?:Mac|Silicon)",
        says="x86_python_under_rosetta",
    ),
    sign(
        "glibc",
        ("glibc_", "glibcxx_"),
        r"(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+[`'\"]? not found",
        says="framework_import_fails",
        confidence=_CERTAIN,
    ),
    sign(
        "dll_failed",
        ("dll load failed", "entry point not found"),
        r"DLL load failed while importing (?P<module>_pywrap\w+|\w+)"
        r"|DLL load failed: [^\n]{0,80}",
    ),
    sign(
        "winerror",
        ("winerror 126", "winerror 1114", "winerror 127"),
        r"\[WinError (?:126|1114|127)\][^\n]{0,80}",
    ),
    sign(
        "import_error",
        (
            "importerror",
            "failed to load the native tensorflow runtime",
            "partially initialized module",
            "cannot import name",
            "undefined symbol",
            "importerror: lib",
            "oserror: lib",
            "has no attribute",
            "jaxlib to be installed",
            "no module named 'tensorflow.",
            "no module named 'torch.",
            "segmentation fault",
            "working triton installation",
        ),
        r"Failed to load the native TensorFlow runtime|Cannot find a working triton installation"
        r"|partially initialized module '(?:torch|"
        r"tensorflow|jax)'[^\n]{0,60}circular"
        r"|ImportError: [^\n]{0,200}\.so[.\d]*: undefined symbol"
        r"|(?:ImportError|OSError): (?!lib(?:cu|nv|nccl|tpu|amdhip|roc|hip|MIOpen|rccl"
        r"|hsa))lib[\w.+-]+\.so[.\d]*: cannot open"
        r" shared"
        r"|AttributeError: (?:partially initialized )?module '(?:tensorflow|torch|jax"
        r"|jaxlib)[\w.]*' has no attribute|requires jaxlib to be"
        r" installed"
        r"|No module named '(?:tensorflow|torch|jax|jaxlib)\.[\w.]+'",
    ),
    sign(
        "jax_versions",
        ("jaxlib version", "jaxlib is version"),
        r"jaxlib (?:is )?version (?P<jaxlib>[\d.]+)[^\n]{0,60}(?:requires version|is newer than"
        r" and incompatible)|requires jaxlib >= ?[\d.]+",
        says="framework_import_fails",
    ),
    sign(
        "torchvision",
        "operator torchvision::nms does not exist",
        None,
        "framework_import_fails",
        _LIKELY,
    ),
)


def wheels(clues: Clues) -> Iterator[Candidate]:
    """Pip finds no file for this Python."""
    clue = clues.first("no_wheel")
    if clue and not clues.has("tf_gpu_removed", "tf_gpu_none"):
        name = next((clue[g] for g in ("name", "name2", "name3", "name4", "name5") if clue[g]), "")
        name = name or clue["wheel"].partition("-")[0]
        framework = {"torch": "pytorch", "jaxlib": "jax"}.get(name, name)
        yield likely("no_wheel_for_python_version", [clue], framework=framework)


def not_installed(clues: Clues) -> Iterator[Candidate]:
    """The framework is not in this Python."""
    for clue in clues.all("not_installed"):
        framework = {"torch": "pytorch", "jaxlib": "jax", "keras": "tensorflow"}.get(
            clue["name"], clue["name"]
        )
        # Jobs of one framework often ask in passing whether there is another.
        surely = likely if clues.has("other_framework_works", "gpu_computes") else certain
        yield surely("framework_not_installed", [clue], framework=framework)
        return


def instructions(clues: Clues) -> Iterator[Candidate]:
    """The CPU lacks instructions; on Apple's, since Rosetta offers none of them."""
    clue = clues.first("avx", "avx_words")
    rosetta = clues.first("rosetta", "mac_avx")
    if clue is None:
        if rosetta and clues.has("macos", "apple_gpu"):
            yield likely("x86_python_under_rosetta", [rosetta])
        return
    if rosetta or clues.has("apple_gpu") or (clues.has("macos") and clues.has("aarch64")):
        yield likely("x86_python_under_rosetta", [clue, *([rosetta] if rosetta else [])])
        yield possible("cpu_lacks_avx", [clue])
    elif clues.has("macos"):
        yield likely("x86_python_under_rosetta", [clue])
        yield likely("cpu_lacks_avx", [clue])
    else:
        said = clue.text.lower()
        stated = "compiled to use" in said or "using avx" in said or "with avx" in said
        yield (certain if stated else likely)("cpu_lacks_avx", [clue])


def import_fails(clues: Clues) -> Iterator[Candidate]:
    """The import ends in an error that none of the others explains."""
    clue = clues.first("import_error", "dll_failed", "winerror")
    if clue is None or clues.has(
        "symbol",
        "missing",
        "missing_elf",
        "missing_dll",
        "avx",
        "static_tls",
        "protobuf",
        "numpy",
        "plugin_version",
        "xlac",
        "glibc",
        "not_installed",
        "tf_gpu_removed",
        "rosetta",
        "page_file_small",
    ):
        return
    yield likely("framework_import_fails", [clue], message=clue.text[:200])
    if clue.sign in {"dll_failed", "winerror"}:
        yield possible("cuda_library_not_found", [clue])
        yield possible("cpu_lacks_avx", [clue])


RULES: tuple[Rule, ...] = (
    wheels,
    not_installed,
    instructions,
    import_fails,
)
