#!/usr/bin/env bash
# Makes the corpus of evidence, good and bad, that every appraiser of Terra Lab is held to: one JSON file for each case
#   {name, evidence: {chain: [PEM], vendors: [PEM], signature: hex}, nonce: hex, policy, expected: {accepted, failed?, reason}}
# with bash, coreutils and openssl 3 alone: it shares no code with the issuers and appraisers, so that a mistake that issuer and
# appraiser have in common is found. Usage: make.sh DIRECTORY. Private keys live in a temporary directory, which is deleted.
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 DIRECTORY (it will hold one JSON file for each case)" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

arc=2.25.163268360961603797793263191242266081269
now=$(date +%s)
declare -A issuer=([chip]=hardware [firmware]=chip [loader]=firmware [tvmm]=loader [vm]=tvmm)
declare -A number=([firmware]=1 [loader]=2 [tvmm]=3 [vm]=4)
declare -A pathlen=([chip]=3 [firmware]=2 [loader]=1 [tvmm]=0)
declare -A digest name

# ---- bytes and hexadecimal digits

hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
unhex() { [ -z "$1" ] || printf "$(sed 's/../\\x&/g' <<<"$1")"; }
# DER: tag and contents, both in hex.
tlv() {
  local length=$((${#2} / 2))
  if ((length < 128)); then printf '%s%02x%s' "$1" "$length" "$2"
  elif ((length < 256)); then printf '%s81%02x%s' "$1" "$length" "$2"
  else printf '%s82%04x%s' "$1" "$length" "$2"; fi
}
text() { printf %s "$1" | hex; }
common_name() { tlv 30 "$(tlv 31 "$(tlv 30 "0603550403$(tlv 0c "$(text "$1")")")")"; }
utc() { tlv 17 "$(text "$(date -u -d "@$1" +%y%m%d%H%M%SZ)")"; }
validity() { tlv 30 "$(utc "$1")$(utc "$2")"; }
# random N: 4 N bytes
random() { local n; for ((n = 0; n < $1; n++)); do printf %08x "$SRANDOM"; done; }
sha() { sha256sum "$@" | cut -c1-64; }
der() { [ -e "$1.der" ] || sed '/^-----/d' "$1.crt" | base64 -d >"$1.der"; }

# ---- keys and certificates

# Private keys that no case needs twice are not made twice.
key() {
  [ -e "$1.key" ] && return
  openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${2:-P-256}" -out "$1.key"
  openssl pkey -in "$1.key" -pubout -out "$1.pub"
}

# make NAME KEY ISSUER_CERTIFICATE ISSUER_KEY SUBJECT: NAME.crt with the extensions in NAME.ext
make() {
  openssl x509 -new -force_pubkey "$2.pub" -subj "$5" -CA "$3.crt" -CAkey "$4.key" -set_serial "0x10$(random 3)" -days 30 \
    "${digest_option:--sha256}" -extfile "$1.ext" -out "$1.crt" 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

root() {
  key "$1"
  openssl req -new -x509 -config /dev/null -key "$1.key" -subj "/CN=$2" -days 365 -sha256 -out "$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -addext subjectKeyIdentifier=hash
}

identifiers="subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always"

# tcb LAYER DIGEST [VENDOR PRODUCT VERSION]: DiceTcbInfo as a section of an extension file
tcb() {
  echo "[tcb]"
  [ -z "${3-}" ] || echo "vendor=IMP:0,UTF8:$3"
  [ -z "${4-}" ] || echo "model=IMP:1,UTF8:$4"
  [ -z "${5-}" ] || echo "version=IMP:2,UTF8:$5"
  echo "layer=IMP:4,INTEGER:${number[$1]}"
  echo "fwids=IMP:6,SEQUENCE:fwids"
  echo "type=IMP:9,FORMAT:ASCII,OCT:$1"
  printf '[fwids]\nfwid=SEQUENCE:fwid\n[fwid]\nalgorithm=OID:2.16.840.1.101.3.4.2.1\ndigest=FORMAT:HEX,OCT:%s\n' "$2"
}

ca_extensions() {
  echo "basicConstraints=critical,CA:TRUE,pathlen:${pathlen[$1]}"
  echo "keyUsage=critical,keyCertSign"
  echo "$identifiers"
}

extensions() {
  case $1 in
    chip) ca_extensions chip ;;
    vm)
      echo "basicConstraints=critical,CA:FALSE"
      echo "keyUsage=critical,digitalSignature"
      echo "extendedKeyUsage=$arc.3"
      echo "$identifiers"
      echo "2.23.133.5.4.1=ASN1:SEQUENCE:tcb"
      echo "$arc.1=ASN1:FORMAT:ASCII,OCT:evidence:hello"
      echo "$arc.2=ASN1:SEQUENCE:disks"
      printf '[disks]\ntrust=SEQUENCE:trust\nsite=SEQUENCE:site\n'
      printf '[trust]\nname=UTF8:trust\nroot=FORMAT:HEX,OCT:%s\n' "${digest[trust]}"
      printf '[site]\nname=UTF8:site\nroot=FORMAT:HEX,OCT:%s\n' "${digest[site]}"
      tcb vm "${digest[vm]}"
      ;;
    *)
      ca_extensions "$1"
      echo "2.23.133.5.4.1=ASN1:SEQUENCE:tcb"
      tcb "$1" "${digest[$1]}"
      ;;
  esac
}

# variant NAME LAYER SED [SUBJECT]: the layer's certificate, its key and its place kept, its extensions edited
variant() {
  extensions "$2" | sed -E "$3" >"$1.ext"
  make "$1" "$2" "${issuer[$2]}" "${issuer[$2]}" "${4:-/CN=${name[$2]}}"
}

# seal NAME ISSUER_KEY TBS_HEX [TAIL]: signs and wraps what was cut by hand
seal() {
  unhex "$3" >"$1.tbs"
  local signature
  signature=$(openssl dgst -sha256 -sign "$2.key" "$1.tbs" | hex)
  unhex "$(tlv 30 "$3300a06082a8648ce3d040302$(tlv 03 "00$signature")")${4-}" >"$1.der"
  printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$(base64 -w 64 "$1.der")" >"$1.crt"
}

tbs_of() {
  der "$1"
  openssl asn1parse -inform DER -in "$1.der" -strparse 4 -noout -out "$1.tbs"
  hex "$1.tbs"
}

# recut NAME SOURCE ISSUER_KEY FIELD HEX: one field of the TBSCertificate replaced (0 version 1 serial 2 algorithm 3 issuer
# 4 validity 5 subject 6 key 7 extensions), whatever openssl would say to it, and signed again
recut() {
  local tbs parts="" field=0 offset header length
  tbs=$(tbs_of "$2")
  while IFS=' ' read -r offset header length; do
    if [ $field = "$4" ]; then parts+=$5; else parts+=${tbs:$((2 * offset)):$((2 * (header + length)))}; fi
    field=$((field + 1))
  done < <(openssl asn1parse -inform DER -in "$2.tbs" | sed -nE 's/^ *([0-9]+):d=1 +hl= *([0-9]+) +l= *([0-9]+) .*/\1 \2 \3/p')
  seal "$1" "$3" "$(tlv 30 "$parts")"
}

# reextend NAME SOURCE ISSUER_KEY drop|double OID_HEX: one extension left out or written twice; openssl itself would mend both
reextend() {
  local tbs extension list="" offset header length
  tbs=$(tbs_of "$2")
  while IFS=' ' read -r offset header length; do
    extension=${tbs:$((2 * offset)):$((2 * (header + length)))}
    case "$4 $extension" in
      "drop "*"0603$5"*) ;;
      "double "*"0603$5"*) list+=$extension$extension ;;
      *) list+=$extension ;;
    esac
  done < <(openssl asn1parse -inform DER -in "$2.tbs" | sed -nE '/cont \[ 3 \]/,$ s/^ *([0-9]+):d=3 +hl= *([0-9]+) +l= *([0-9]+) .*/\1 \2 \3/p')
  recut "$1" "$2" "$3" 7 "$(tlv a3 "$(tlv 30 "$list")")"
}

# vouch NAME LAYER DIGEST PRODUCT VERSION [SED [ROOT]]: a vendor's certificate
vouch() {
  {
    echo "basicConstraints=critical,CA:FALSE"
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=$arc.4"
    echo "$identifiers"
    echo "2.23.133.5.4.1=ASN1:SEQUENCE:tcb"
    tcb "$2" "$3" "Acme" "$4" "$5"
  } | sed -E "${6-}" >"$1.ext"
  make "$1" unused "${7:-vendor-$2}" "${7:-vendor-$2}" "/CN=$4 $5"
}

# list NAME ROOT LAST_UPDATE NEXT_UPDATE [CERTIFICATE]: a revocation list, seconds since 1970
list() {
  : >"$1.index"
  if [ -n "${5-}" ]; then
    local serial
    serial=$(openssl x509 -in "$5.crt" -noout -serial | cut -d= -f2)
    printf 'R\t400101000000Z\t%s,keyCompromise\t%s\tunknown\t/CN=revoked\n' "$(date -u -d "@$3" +%y%m%d%H%M%SZ)" "$serial" >"$1.index"
  fi
  cat >"$1.cnf" <<END
[ca]
default_ca = list
[list]
database = $work/$1.index
default_md = sha256
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid:always
END
  openssl ca -gencrl -config "$1.cnf" -cert "$2.crt" -keyfile "$2.key" -out "$1.crl" \
    -crl_lastupdate "$(date -u -d "@$3" +%Y%m%d%H%M%SZ)" -crl_nextupdate "$(date -u -d "@$4" +%Y%m%d%H%M%SZ)" 2>openssl.log ||
    { cat openssl.log >&2; exit 1; }
}

# ---- cases: begin, change what the case is about, finish

declare -A json # of each file that was asked for: most are in most cases
json_pem() {
  [ -n "${json[$1]-}" ] || { local pem; pem=$(<"$1"); json[$1]="\"${pem//$'\n'/\\n}\\n\""; }
  printf %s "${json[$1]}"
}
json_pems() { # SUFFIX NAME...
  local suffix=$1 separator="" each
  shift
  printf '['
  for each; do printf %s "$separator"; json_pem "$each.$suffix"; separator=,; done
  printf ']'
}

begin() {
  chain="vm tvmm loader firmware chip" vendors="" signer=vm signed_leaf="" context=terra-evidence-v1 signature=""
  nonce=$(random 8) signed_nonce=""
  hardware="hardware" lists="" time=$((now + 3600)) secondary='{}'
  roots_firmware=vendor-firmware roots_loader=vendor-loader roots_tvmm=vendor-tvmm roots_vm=vendor-vm
  local layer
  for layer in firmware loader tvmm vm; do declare -g "accept_$layer=[{\"digest\":\"${digest[$layer]}\"}]"; done
}

# Signs as a guest's agent does.
respond() {
  local leaf=${signed_leaf:-${chain%% *}}
  { printf '%s\0' "$context"; unhex "${signed_nonce:-$nonce}"; unhex "$(sha "$leaf.der")"; } >signed
  openssl dgst -sha256 -sign "$signer.key" signed | hex
}

# finish NAME accepted|CHECK REASON: CHECK is the first check that must fail
finish() {
  local leaf=${chain%% *} layer verdict='"accepted":true'
  [ "$2" = accepted ] || verdict="\"accepted\":false,\"failed\":\"$2\""
  [ -e "$out/$1.json" ] && { echo "two cases are called $1" >&2; exit 1; }
  if [ -z "$signature" ]; then
    der "$leaf"
    signature=$(respond)
  fi
  {
    printf '{"name":"%s","evidence":{"chain":' "$1"
    json_pems crt $chain
    printf ',"vendors":'
    json_pems crt $vendors
    printf ',"signature":"%s"},"nonce":"%s","policy":{"hardwareRoots":' "$signature" "$nonce"
    json_pems crt $hardware
    printf ',"vendorRoots":{"firmware":'; json_pems crt $roots_firmware
    printf ',"loader":'; json_pems crt $roots_loader
    printf ',"tvmm":'; json_pems crt $roots_tvmm
    printf ',"vm":'; json_pems crt $roots_vm
    printf '},"accept":{'
    local separator="" accepted
    for layer in firmware loader tvmm vm; do
      accepted=accept_$layer
      [ -z "${!accepted}" ] || { printf '%s"%s":%s' "$separator" "$layer" "${!accepted}"; separator=,; }
    done
    printf '},"requiredSecondary":%s,"revocationLists":' "$secondary"
    json_pems crl $lists
    printf ',"time":%s000},"expected":{%s,"reason":"%s"}}\n' "$time" "$verdict" "$3"
  } >"$out/$1.json"
}

# in_place LAYER VARIANT: the good chain with one certificate exchanged
in_place() { local padded=" $chain "; padded=${padded/ $1 / $2 }; chain=${padded# }; chain=${chain% }; }
# bad_layer NAME LAYER SED REASON [SUBJECT]: a variant that the chain check must refuse
bad_layer() { begin; variant "$1" "$2" "$3" "${5-}"; in_place "$2" "$1"; finish "$1" chain "$4"; }
reextend_layer() { begin; reextend "$1" "$2" "${issuer[$2]}" "$3" "$4"; in_place "$2" "$1"; finish "$1" chain "$5"; }
recut_layer() { begin; recut "$1" "$2" "${issuer[$2]}" "$3" "$4"; in_place "$2" "$1"; finish "$1" chain "$5"; }

product() { printf '[{"product":"%s","minVersion":"%s"}]' "$1" "$2"; }

# ---- the good chain

for layer in firmware loader tvmm vm trust site other; do digest[$layer]=$(printf %s "$layer" | sha); name[$layer]=${digest[$layer]}; done
name[chip]=TL-0001
root hardware "Acme hardware root"
root hardware-2 "Another hardware root"
key unused
for layer in firmware loader tvmm vm; do root "vendor-$layer" "Acme $layer root"; done
for layer in chip firmware loader tvmm vm; do key "$layer"; variant "$layer" "$layer" ""; done
for layer in firmware loader tvmm vm; do vouch "acme-$layer" "$layer" "${digest[$layer]}" "Acme $layer" 1.10.0; done
all_vendors="acme-firmware acme-loader acme-tvmm acme-vm"

. "$here/cases.sh"
echo "$(find "$out" -name '*.json' | wc -l) cases in $out"
