"""What the C library, shells and Windows say in the language of the machine.

The words are those of the GNU C library's, Bash's and Windows' own translations. Each sign here
stands for one of another area that knows the English words: `TRANSLATED` says for which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accelgui.diagnosis.logs.signs import sign

if TYPE_CHECKING:
    from accelgui.diagnosis.logs.clues import Rule


def _any(*wordings: str) -> str:
    return "|".join(wordings)


_NO_FILE = _any(
    "Datei oder Verzeichnis nicht gefunden",
    "Aucun fichier ou dossier de ce (?:type|nom)",
    "No existe el (?:archivo|fichero) o el directorio",
    "File o directory non esistente",
    "(?:Arquivo ou diretório|Ficheiro ou (?:pasta|directoria)) (?:inexistente|não encontrado)",
    "Нет такого файла или каталога",
    "Немає такого файла або каталогу",
    "没有那个文件或目录",
    "沒有(?:此一|這個|那個)檔案或目錄",
    "そのようなファイルやディレクトリはありません",
    "그런 파일이나 디렉(?:터|토)리가 없습니다",
    "Nie ma takiego pliku ani katalogu",
    "Bestand of map bestaat niet",
    "Böyle bir dosya ya da dizin yok",
    "Filen eller katalogen finns inte",
    "Adresář nebo soubor neexistuje",
)
_DENIED = _any(
    "Keine Berechtigung",
    "Die Operation ist nicht erlaubt",
    "Permission non accordée",
    "Opération non permise",
    "Permiso denegado",
    "Operación no permitida",
    "Permesso negato",
    "Operazione non permessa",
    "Permissão (?:negada|recusada)",
    "Operação não permitida",
    "Отказано в доступе",
    "Операция не позволена",
    "权限不够|權限不夠|拒绝访问|拒絕存取|不允许的操作|不允許的操作|此项操作不允许",
    "許可がありません|許可されていない操作です",
    "허가 거부|명령을 허용하지 않음",
    "Brak dostępu|Operacja niedozwolona",
    "Toegang geweigerd",
    "Erişim engellendi",
)
_NO_DEVICE = _any(
    "Kein passendes Gerät gefunden",
    "Aucun périphérique de ce type",
    "No existe el dispositivo",
    "Device non esistente|Dispositivo non esistente",
    "Dispositivo inexistente",
    "Нет такого устройства",
    "没有那个设备|沒有此一裝置",
    "そのようなデバイスはありません",
    "그런 장치가 없습니다",
    "Nie ma takiego urządzenia",
)
_KEY = _any(
    "(?:Erforderlicher|Der (?:benötigte|erforderliche)) Schlüssel (?:ist )?nicht verfügbar",
    "Schlüssel wurde (?:vom|durch den) Dienst (?:abgelehnt|zurückgewiesen)",
    "(?:Clé|clef) (?:requise|nécessaire) non disponible",
    "(?:Clé|clef) (?:a été )?rejetée par le service",
    "clave (?:requerida|necesaria) no (?:está )?disponible|clave que no está disponible",
    "clave (?:fue|ha sido) rechazada",
    "Chiave (?:richiesta|necessaria) non disponibile|Chiave rifiutata",
    "chave necessária não (?:está )?disponível|chave foi rejeitada",
    "(?:Требуемый|Необходимый) ключ недоступен|Ключ (?:был )?(?:отвергнут|отклон[её]н)",
    "必需的键不存在|(?:所需|必要)的?(?:密钥|键)不可用|(?:密钥|键)被服务所?拒绝",
    "(?:要求された|必要な)キーが利用できません|キーが?は?サービスに(?:よって|より)拒否されました",
)
_NO_COMMAND = _any(
    "(?:Kommando|Befehl) nicht gefunden|ist entweder falsch geschrieben",
    "commande (?:introuvable|non trouvée)|n'est pas reconnu",
    "(?:orden|comando) no encontrad[oa]|no se encontró la orden|no se reconoce como",
    "comando non trovato|non è riconosciuto",
    "comando não encontrado|não é reconhecido",
    "команда не найдена|не является внутренней или внешней",
    "未找到命令|找不到(?:指令|命令)|不是内部或外部命令|不是內部或外部命令",
    "コマンドが見つかりません|内部コマンドまたは外部コマンド",
    "명령(?:어)?을? 찾을 수 없|내부 또는 외부 명령",
    "nie znaleziono polecenia",
)
_ILLEGAL = _any(
    "Ungültiger Maschinenbefehl",
    "Instruction (?:illégale|non permise)",
    "Instrucción ilegal",
    "Istruzione (?:illegale|non consentita)",
    "Instrução ilegal",
    "Недопустимая инструкция|Некорректная инструкция",
    "非法指令|無效的指令|不正な命令",
    "Nieprawidłowa instrukcja",
)

_NODE = r"/dev/(?:nvidia(?:ctl|\d{1,2}|\*|-uvm)?|kfd|accel\d|vfio/\w+|dri/\w+)"

SIGNS = (
    sign(
        "translated_missing",
        ("libcu", "libnccl", "libnvrtc", "libnvjit"),
        rf"(?P<library>lib(?:cu[a-z]+|nccl|nvrtc|nvjitlink)[\w-]*\.so(?:\.[\d.]*\d)?):"
        rf" [^\n]{{0,80}}(?:{_NO_FILE})",
    ),
    sign(
        "translated_no_libcuda",
        "libcuda.so",
        rf"(?P<name>libcuda\.so(?:\.1)?): [^\n]{{0,80}}(?:{_NO_FILE})",
    ),
    sign(
        "translated_no_nvml",
        "libnvidia-ml.so",
        rf"libnvidia-ml\.so[.\d]*: [^\n]{{0,80}}(?:{_NO_FILE})",
    ),
    sign(
        "translated_no_node",
        "/dev/nvidia",
        rf"/dev/nvidia(?:ctl|\d{{1,2}}|\*)?['\"]?[^\n]{{0,40}}(?:{_NO_FILE})",
    ),
    sign(
        "translated_denied",
        ("/dev/nvidia", "/dev/kfd", "/dev/accel", "/dev/vfio", "/dev/dri"),
        rf"(?P<node>{_NODE})['\"]?[^\n]{{0,60}}(?:{_DENIED})",
    ),
    sign(
        "translated_key",
        ("'nvidia", "nvidia.ko", "nvidia-"),
        rf"'?nvidia[\w.-]*'?[^\n]{{0,30}}: (?:{_KEY})",
    ),
    sign(
        "translated_no_device",
        ("'nvidia", "nvidia.ko", "nvidia-"),
        rf"'?nvidia[\w.-]*'?[^\n]{{0,30}}: (?:{_NO_DEVICE})",
    ),
    sign(
        "translated_no_program",
        "nvidia-smi",
        rf"nvidia-smi(?:\.exe)?['\"]?[^\n]{{0,12}}(?:{_NO_COMMAND})|(?:{_NO_COMMAND})"
        r"[: ]{1,3}nvidia-smi",
    ),
    sign(
        "translated_illegal",
        (
            "maschinenbefehl",
            "instruction ill",
            "instruction non permise",
            "instrucci?n ilegal",
            "istruzione",
            "instru??o ilegal",
            "prawid?owa instrukcja",
            # Of scripts that are not Latin, only the shape.
            "???? (?????)",
            "???????????? ??????????",
        ),
        _ILLEGAL,
    ),
)

TRANSLATED = {
    "translated_missing": "missing_elf",
    "translated_no_libcuda": "no_libcuda",
    "translated_no_nvml": "nvml_absent",
    "translated_no_node": "dev_missing",
    "translated_denied": "dev_denied",
    "translated_key": "key_rejected",
    "translated_no_device": "insert_no_device",
    "translated_no_program": "gpu_missing_package",
    "translated_illegal": "avx",
}

RULES: tuple[Rule, ...] = ()
