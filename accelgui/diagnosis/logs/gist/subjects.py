"""What programs complain about: the parts of the chain, each by the names it goes by."""

from __future__ import annotations

from accelgui.diagnosis.logs.gist.wording import wordings

SUBJECTS = {
    "gpu": wordings(
        r"""
        \bgpus?\b  \bcuda\b  graphics (?:card|device|processing)  geforce  quadro  tesla  rtx  gtx
        \bnvidia\b  \bcu(?:da)?[a-z]+\(  device ?\d  cuda:\d  cuda_error  cudaerror
        """
    ),
    "driver": wordings(r"\bdriver  nvidia-smi  \bnvrm\b  libcuda  nvidia kernel  nvidia-modprobe"),
    "module": wordings(
        r"""
        kernel modules?  modprobe  insmod  nvidia\.ko  \bdkms\b  module '?nvidia  nvidia[-_]drm
        nvidia[-_]modeset  lib/modules  kernel-source  kernel headers  linux-headers  kernel driver
        cc-version  kernel_source
        """
    ),
    "package": wordings(
        r"""
        \bdpkg\b  \bapt\b  unmet dep  \brpm\b  \bdnf\b  \bpacman\b  \byum\b  \bemerge\b
        nvidia-utils  nvidia-driver-\d  libnvidia-compute  libnvidia-gl  nvidia-dkms
        held broken packages  nix
        """
    ),
    "other_owner": wordings(r"nouveau  vfio-pci  pci-stub  nova_?core  kernel driver in use"),
    "open_module": wordings(
        r"""
        open[- ](?:source )?(?:gpu )?kernel  open-gpu  nvidia-open  -open\b  opensource
        nvidia-kernel-open  open modules?
        """
    ),
    "legacy": wordings(
        r"""
        legacy  \d{3}\.xx  kepler  fermi  maxwell  pascal  end of life  older gpus?  this release
        """
    ),
    "secure_boot": wordings(
        r"""
        secure ?boot  \bmok\b  mokutil  signature  signing  \bsigned  unsigned  lockdown
        required key  public key
        """
    ),
    "nvml": wordings(r"nvml  libnvidia-ml  nvidia-ml  pynvml"),
    "libcuda": wordings(r"libcuda\b  libcuda\.  nvcuda  cuda driver library  lcuda\b"),
    "cuda_library": wordings(
        r"""
        cudart  cublas  cufft  curand  cusolver  cusparse  nvjitlink  cupti  libnccl  nvrtc  libnpp
        libnvtoolsext  nvtx  cutensor  cudnn  libcaffe2_nvrtc  cuda (?:runtime )?librar
        libcu\w+\.so  \bcu\w+64_
        """
    ),
    "cudnn": wordings(r"cudnn"),
    "toolkit_part": wordings(
        r"""
        cupti  nvcc\b  nvrtc  cuda_home  cuda\.h\b  cuda toolkit  nvlink\b  cuobjdump  fatbinary
        """
    ),
    "libdevice": wordings(r"libdevice  \bnvvm\b"),
    "arch": wordings(
        r"""
        compute capabilit  \bsm_?\d\d  compute_\d\d  \bgfx\d{3,4}  kernel image  device function
        gpu architecture  cuda arch  code object  cuda capability  unsupported gpu
        """
    ),
    "node": wordings(
        r"""
        /dev/nvidia  /dev/kfd  /dev/dri  /dev/accel  /dev/vfio  /dev/dxg  device node  /dev/char
        device file  renderd\d
        """
    ),
    "uvm": wordings(r"nvidia[-_]uvm  \buvm\b"),
    "container": wordings(
        r"""
        docker  containerd  \bpodman\b  \brunc\b  \boci\b  container  kubelet  kubernetes  \bpods?\b
        singularity  apptainer  enroot  \bcdi\b  \blxc\b  \bcri-?o\b
        """
    ),
    "kubernetes": wordings(
        r"""
        kubelet  kubernetes  \bpods?\b  kubectl  nvidia\.com/gpu  device-?plugin  \bk3s\b  \bk8s\b
        runtimeclass  daemonset  gpu-operator
        """
    ),
    "container_toolkit": wordings(
        r"""
        nvidia-container-(?:runtime|toolkit)  container toolkit  device driver \W*(?:nvidia)?
        nvidia runtime  runtimes?\W+nvidia  prestart hook  libnvidia-container  nvidia-docker
        runtime name  capabilities: \[
        """
    ),
    "existing_library": wordings(r"libnvidia  \.so\b  /usr/bin/nvidia"),
    "cgroup": wordings(r"cgroup  bpf_prog  device filter  devices\.allow"),
    "vm_daemon": wordings(
        r"""
        docker desktop  docker-desktop  \bsnap\b  rootless  \bcolima\b  minikube  \bdind\b
        """
    ),
    "capabilities": wordings(r"driver_capabilities  capabilities  \butility\b"),
    "wsl": wordings(
        r"""
        \bwsl\b  wsl2  dxcore  libdxcore  /dev/dxg  \bdxg\b  microsoft-standard  dxgkrnl
        /usr/lib/wsl
        """
    ),
    "compat": wordings(
        r"""
        forward compatib  cuda[-/]compat  compat(?:ibility)? (?:lib|pack|mode)  /compat/
        """
    ),
    "fabric": wordings(r"(?<!_)fabric(?![._]\w)  nvswitch  nvlink\b  \bimex\b"),
    "mig": wordings(r"\bmig\b  multi-instance  \d+g\.\d+gb  gpu instance  compute instance"),
    "exclusive": wordings(r"exclusive  \bcompute[- ]mode  prohibited"),
    "ecc": wordings(
        r"""
        \becc\b  \bdbe\b  row[- ]?remap  page retire  faulty memory  dynamic page
        dram error  sram error  volatile
        """
    ),
    "gsp": wordings(r"\bgsp\b  gsp_  gsp\.bin  gfw  kgsp  kfsp  \bfsp\b"),
    "bus": wordings(r"\bbus\b  \bpcie?\b  pci[: ]  gpu at  xid"),
    "heat": wordings(r"therm  temperature  cooling  \bfans?\b  overheat  too hot"),
    "power": wordings(r"power (?:cap|limit|brake|draw|supply|violation)  power_cap  sw_power"),
    "link": wordings(
        r"""
        link (?:width|speed|gen)  lnksta  pcie (?:gen|link|bandwidth|x\d)  \bx1 link
        """
    ),
    "amd": wordings(
        r"""
        \brocm\b  \bhip\b  amdgpu  radeon  \bgfx\d  \bamd\b  miopen  rocblas  \bhsa\b  hsakmt
        \bkfd\b
        """
    ),
    "intel": wordings(
        r"""
        \bxpu\b  oneapi  \bsycl\b  level[ -_]zero
        intel\(?r?\)? (?:arc|gpu|graphics|extension|iris|uhd)  \bipex\b  dpcpp  \bitex\b  openvino
        """
    ),
    "apple": wordings(
        r"""
        \bmetal\b  \bmps (?:device|backend|framework)  apple  \bmacos  darwin
        \bm[1-5]\b(?: (?:pro|max|ultra))?
        """
    ),
    "tpu": wordings(
        r"""
        \btpus?\b  libtpu  \btpu_  _tpu\b  /dev/accel  tpu_driver  torch_xla  pjrt_device=tpu
        """
    ),
    "libtpu": wordings(r"libtpu  tpu_library  tpu driver library  tpu_c_api  pjrt[_ ]c[_ ]api"),
    "tpu_settings": wordings(
        r"""
        tpu_(?:process|chips?|visible|worker|host|name|topology|accelerator|mesh|skip)\w*
        pjrt_device  xrt_\w+  megascale  process_bounds  chips_per  worker_id  \btopology\b
        """
    ),
    "tpu_network": wordings(
        r"""
        metadata  169\.254  hostnames?  barrier  coordinator  grpc  socket  network  8470  8471
        8476  slice builder  connect
        """
    ),
    "tpu_node": wordings(
        r"""
        tpu[- ]?node  two[- ]vm  grpc://  remote tpu  tpu_driver  tpuclusterresolver  tpu_worker
        """
    ),
    "lock": wordings(r"lockfile  lock file  libtpu_lock  \.lock\b"),
    "sandbox": wordings(r"gvisor  \brunsc\b  sandbox  \bgramine\b  firecracker  kata"),
    "colab": wordings(r"\bcolab  kaggle  \bcolab_tpu"),
    "xla_bridge": wordings(r"torch[-_]xla  _xlac  torch xla"),
    "plugin": wordings(
        r"""
        plug-?in  pluggable  \bpjrt\b  tensorflow-metal  jax-metal  jax_plugins  directml
        custom device
        """
    ),
    "protobuf": wordings(
        r"""
        protobuf  descriptors? cannot  google\.protobuf  \bprotoc\b  _message\.
        """
    ),
    "numpy": wordings(r"\bnumpy\b  ndarray size  multiarray  _array_api  numpy\.dtype  np\.\w+"),
    "tls": wordings(r"static tls  tls block  tls space"),
    "instructions": wordings(
        r"""
        illegal (?:hardware )?instruction  \bavx\b  avx2  avx512  sse4  \bfma\b  instruction set
        cpu instructions
        sigill
        """
    ),
    "rosetta": wordings(
        r"""
        rosetta  x86_64h?'?,? need '?arm64  translated  incompatible architecture
        """
    ),
    "wheel": wordings(
        r"""
        could not find a version  matching distribution  supported wheel  requires-python
        requires a different python  no wheel  wheels? (?:for|available)  from versions
        python_requires  unsatisfiable  resolution
        """
    ),
    "tensorflow_gpu": wordings(r"tensorflow-gpu  tensorflow_gpu  tf-nightly-gpu"),
    "framework": wordings(
        r"""
        tensorflow  \btorch  pytorch  \bjax  keras  onnxruntime  paddle  mxnet  cupy  numba
        bitsandbytes  llama  ollama  vllm  triton  \btf\b
        """
    ),
    "import": wordings(
        r"""
        import  no module named  dlopen  \bdll\b  from \S+ import  loading shared  _pywrap  \.pyd\b
        """
    ),
    "cuda_version": wordings(
        r"""
        cuda (?:version |toolkit |runtime )?v?\d{1,2}\.\d  \bcu1\d\d\b  cuda-1\d  cuda ?1[0-4]\b
        """
    ),
    "cuda_wheels": wordings(
        r"""
        nvidia-\w+-cu1\d  nvidia_\w+_cu1\d  nvidia/\w+/lib  site-packages/nvidia
        """
    ),
    "loader_path": wordings(
        r"""
        ld_library_path  ldconfig  ld\.so  loader path  rpath  \bpath\b environment  dll search
        """
    ),
    "memory": wordings(r"memory  \bvram\b  alloc  \bgib\b  \bmib\b  \bbytes\b"),
    "handle": wordings(
        r"""
        create_?handle  _not_initialized  cudnn_status  cublas_status  cusolver_status
        dnn (?:library|support)  blas (?:library|support)  cublascreate  cudnncreate  cudnn handle
        initialize cudnn  algorithm
        """
    ),
    "visible": wordings(
        r"""
        (?:cuda|hip|rocr|nvidia)_visible_devices  device ordinal  invalid device id  device id
        """
    ),
    "jax_platform": wordings(
        r"""
        jax_platform\w*  unknown backend  known backends  platform_name
        (?<!initialize )backend '\w+'
        """
    ),
    "suspend": wordings(r"suspend  resume  hibernat  sleep  \bs3\b  wake  woke"),
    "arm": wordings(r"aarch64  arm64  jetson  tegra  l4t  graviton  grace"),
    "tools": wordings(r"nvidia-smi  nvmldevice  nvml  nvidia-persistenced  rpc  dcgm  import"),
    "monitor": wordings(r"\bdcgm\b  nv-?hostengine"),
    "asleep": wordings(
        r"""
        d3cold  runtime[- ]suspend  runtime pm  optimus  power[- ]?sav  prime\b  bbswitch  hybrid
        """
    ),
}
