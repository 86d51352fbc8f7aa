"""How programs complain: kinds of complaint, each by the words that programs have for it.

What a kind means depends on what it is said of; see causes.py.
"""

from __future__ import annotations

from accelgui.diagnosis.logs.gist.wording import wordings

COMPLAINTS = {
    "missing": wordings(
        r"""
        {not} (?:be )?(?:found|find|located|exist|present|installed|available|visible)
        {cannot} ?(?:find|locat|open|load|dlopen|access|stat|read|detect)
        no such (?:file|device)  does ?n[o']t exist  missing  no module named  loadlibrary failed
        no (?:suitable |matching |compatible |available )[\w ]{1,30}  not find  is absent
        cannot open shared object  dll load failed  module could not be found  => not found
        unknown (?:or invalid )?runtime
        no devices? (?:found|were found|detected)  no \w+ devices? found
        {cannot} ?(?:find|detect|see) any\b
        """
    ),
    "absent_module": wordings(
        r"""
        no module named '?\"?(?:tensorflow|torch|jax|jaxlib|keras)\b['\"]?\s*$
        (?:tensorflow|torch|jax)\w* is not installed
        """
    ),
    "unbuilt": wordings(
        r"""
        {not} (?:been )?(?:compiled|built|linked) \w+ [\w ]{0,24}(?:cuda|gpu|rocm|hip|mps|xpu)
        (?:compiled|built|linked) without  without (?:cuda|gpu|rocm|hip|tpu|mps|xpu)  cpu[- ]only
        no (?:cuda|gpu|rocm) support  \d\+cpu\b  lacks? (?:cuda|gpu) support
        not enabled in this build  (?:does not|doesn't) (?:have|include|support) (?:cuda|gpu)
        is_built_with_cuda\W+false  version\.cuda\W+none  support is not (?:enabled|compiled)
        binary (?:is|was) not  (?:cuda|gpu) support (?:is )?(?:disabled|missing|not)
        """
    ),
    "too_old": wordings(
        r"""
        too (?:old|new)  insufficient (?:for|driver)  out ?dated  out of date  older than
        newer than  (?:need|require|expect|want)\w* (?:at least|>=|version|a newer|newer)
        or (?:newer|higher|later|above|greater)  minimum (?:required|supported|version)
        (?:update|upgrade) (?:your|the|to)  please (?:update|upgrade)  unsatisfied condition
        """
    ),
    "mismatch": wordings(
        r"""
        mis-?match  incompatib  inconsisten  (?:do|does) ?(?:n't|not) match  not compatible
        different version  compiled (?:against|with|for)[^\n]{1,60}(?:but|while|however)
        expected[^\n]{1,60}(?:but|got|found|actual)  conflict  version of[^\n]{1,60}(?:differ|but)
        undefined symbol  symbol not found  unresolved  symbol lookup error  binary incompat
        was (?:compiled|built) (?:against|for)  cannot be run in  must be compiled with
        """
    ),
    "unsupported": wordings(
        r"""
        not (?:\w+ )?(?:supported|implemented)  unsupported  no longer support  no kernel image
        does ?n[o']t support  does not support  not capable  no binary for  only ready for
        will ignore  invalid device function
        no code object  not a supported  support (?:was )?(?:dropped|removed)
        not available (?:for|on) (?:this|your)  no support for
        """
    ),
    "denied": wordings(
        r"""
        permission denied  not permitted  access (?:is |was )?denied  insufficient permission
        \beacces\b  \beperm\b  do not have permission  not allowed  no permission  not writable
        unauthori[sz]ed
        """
    ),
    "busy": wordings(
        r"""
        (?:already|currently|still) (?:in )?(?:use|held|own|lock|acquir|taken|running|bound|loaded)
        in use\b  is busy  are busy  busy or unavailable  \bebusy\b
        (?:another|other|by|different) process  resource busy  held by  owned by  used by
        """
    ),
    "exhausted": wordings(
        r"""
        out of (?:device |host |gpu |video )?memory  outofmemory  \boom\b  exhausted
        (?:not enough|insufficient|ran out of|lack of)[\w ]{0,16}(?:memory|vram|space)
        {cannot} ?(?:allocat|alloc\b|reserve)
        alloc(?:ation)?_?failed  bad_alloc  allocation (?:of[^\n]{1,40})?failed  tried to allocate
        allocation error
        """
    ),
    "timeout": wordings(
        r"""
        time[ds]?[- ]?out  \bhung\b  hangs?\b  not respond  no response  deadline exceeded
        took too long  unresponsive  soft lockup  blocked for more than  never (?:returns|finish)
        stuck
        """
    ),
    "lost": wordings(
        r"""
        fallen off  (?:is|was|been|has been|got) lost  determine the device handle  vanished
        disappeared  lost (?:access|the)
        no longer (?:visible|accessible|available|present)  unrecoverable  inaccessible  went away
        """
    ),
    "rejected": wordings(
        r"""
        reject  key not available  not signed  unsigned  verification failed  bad signature
        signature (?:is )?(?:missing|invalid|verification)  lockdown  not trusted  enroll
        """
    ),
    "unloaded": wordings(
        r"""
        (?:not|n't) (?:been )?(?:loaded|running|started|active|initiali[sz]ed)
        not yet initiali[sz]ed  not ready  inactive  \bdead\b
        (?:is|are) (?:currently |now )?down  could ?n[o']t communicate  couldn't communicate
        fail\w* to (?:start|initiali[sz]e|init|communicate|connect)  make sure[^\n]{1,60}running
        initiali[sz]ation (?:error|failed|failure)  (?:init|initiali[sz]e)\w* failed
        """
    ),
    "unbuildable": wordings(
        r"""
        bad exit status  build (?:of[^\n]{1,40})?fail  error \d+ \(ignored\)  make\S*: \*\*\*
        compil\w+ (?:error|fail)  fail\w* to (?:build|compile)  headers? (?:are |is )?(?:not|miss)
        installation has failed  unable to build  invalid module format  version magic
        """
    ),
    "hurt": wordings(
        r"""
        uncorrect  double[- ]bit  corrupt  hardware (?:error|failure|fault)  fatal error  fault\b
        pending  needs? (?:a )?reset  retire  contained error
        faulty  ecc errors? (?:encountered|detected|occurred|found)
        """
    ),
    "slowed": wordings(
        r"""
        throttl  slow ?down  clocks? (?:event|reduced|limit)  violation  overheat  too hot
        below the (?:minimum|expected)
        downgraded  degraded  reduced (?:to|speed|width)  capped  (?<!deadline )exceed
        """
    ),
    "existing": wordings(
        r"""
        file exists  already exists  would overwrite  overwrit  is a directory  empty  truncated
        file too short
        """
    ),
    "wrong": wordings(
        r"""
        \bnans?\b  wrong (?:result|output|answer|value)  incorrect  inaccura  not close
        mismatched elements  differs? from  garbage  all zeros?\b  diverg
        """
    ),
    "none": wordings(
        r"""
        no (?:usable |supported |cuda[- ]?(?:capable|enabled)? ?|nvidia |visible )?{gpus}\b
        {cannot} ?(?:find|detect|locate|see) any (?:[\w-]+ ){0,2}{gpus}
        {gpus}\b[\w -]{0,24}(?:not|n't|un)[\w -]{0,8}(?:available|detected|found|used)
        (?:fall|fell)\w* back (?:to|on)[\w ]{0,12} cpu
        (?:using|use|running on|on|to) (?:the )?cpu(?: instead| only|\b)
        is_available\W{1,6}(?:\w+ )?false  (?:available|found|gpus|count)\W{1,4}0\b
        device_count\W{1,6}0\b  torch not compiled  not using (?:the )?gpu  device_type='cpu'\)\]
        """
    ),
    "failed": wordings(
        r"""
        \bfail  error  unable  cannot  can't  could ?n[o']t  exception  fatal  abort  panic  refused
        invalid  unknown  killed  segmentation  crash  core dumped  traceback  not\b
        """
    ),
}

# One of the words that every complaint has, to pass over other lines quickly.
ANY = wordings(
    r"""
    n't  not\b  \bno\b  fail  error  unable  cannot  could  miss  with  only  old  new  insuff  out
    update  conflict  incompat  inconsist  expect  undef  symbol  unsup  unres  denied  perm  busy
    use  process  held  owned  exhaust  memory  alloc  time  hung  hang  stuck  respon  lock  lost
    fallen  vanish  disappear  reject  sign  dead  down  inactive  build  compil  make  version
    invalid  unknown  corrupt  fault  pending  reset  retire  throttl  slow  clock  violat  heat
    degrad  reduc  capped  exceed  exist  empty  nan  wrong  incorrect  zero  diverg  cpu  false
    below  crash  abort  panic  fatal  refus  kill  trace  segm  core  absent  differ
    """
)

# What a program remarks on its way, what a table of states holds, what says itself that it means
# nothing, and what a person typed: no complaint.
REMARK = wordings(
    r"""
    ^(?:\S+ ){0,4}i (?:\w+/|external/)  ^i\d{4}   : i (?:\w+/|external/)  \binfo\b  \bdebug\b  \[i\]
    : *(?:not active|active|n/a|no|none|0|enabled|disabled|(?:not )?supported|\d+ ?[a-z%]{1,3}) *$
    not (?:a|an) (?:failure|error|problem)  (?:safely |can be )ignored?\b  harmless  tainting kernel
    \bno (?:gpu )?(?:error|throttling|alert|fault|issue|problem)s?\b
    does not mean  performance gains  dependency resolver does not  is deprecated
    deprecationwarning  futurewarning  \bretrying\b  \bskipping\b
    (?:proceed|continu|process)ing without  fall(?:ing)? back to \w+ on (?:the )?cpu
    cpu supports instructions  numa  successfully  nvinfer
    ^ *(?:\$|#|>|❯|!|%)\s  ^\S{1,30}@\S{1,60}[$#]\s  >>>\s
    """
)
WARNING = wordings(
    r"""
    ^(?:\S+ ){0,4}w (?:\w+/|external/)  ^w\d{4}\b  \bwarn(?:ing)?\b  : w\b
    """
)

# Advice for a case that need not be this one.
IN_CASE = wordings(
    r"""
    \bif (?:you|your|this|it|the)\b.*?(?:[.;:](?= |$)|$)
    """
)

# Lines in which programs give the reason why they ended.
SERIOUS = wordings(
    r"""
    \b\w*(?:error|exception)\b ?[:(]  \bfatal\b  \berror\b  \bfail  \bpanic  \babort  ^e\d{4}    e /
    : e\b  \[e\]  assert  could not  cannot  can't  unable  killed  core dumped  refus
    """
)
