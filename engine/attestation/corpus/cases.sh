# shellcheck shell=bash disable=SC2034,SC2154
# The cases of the corpus, in the order of the nine checks. Read by make.sh, which has the words used here.

# ---- evidence that must be accepted

begin
finish good accepted "every layer's digest is listed outright"

begin
vendors=$all_vendors
for layer in firmware loader tvmm vm; do declare "accept_$layer=$(product "Acme $layer" 1.10.0)"; done
finish good-by-vendors accepted "every layer is vouched for by its vendor"

begin
vendors=$all_vendors accept_vm=$(product "Acme vm" 1.9.2)
finish good-version-is-numeric accepted "1.10.0 is later than 1.9.2"

begin
vendors=$all_vendors accept_vm='[{"product":"Acme vm"}]'
finish good-any-version accepted "a product without a version accepts all its versions"

begin
vendors=$all_vendors
accept_vm="[{\"digest\":\"${digest[other]}\"},{\"product\":\"Somebody else's\"},{\"product\":\"Acme vm\",\"minVersion\":\"1\"}]"
finish good-last-entry accepted "one entry that fits is enough, wherever it stands"

begin
secondary="{\"trust\":\"${digest[trust]}\"}"
finish good-secondary accepted "the required attested disk is the one in the certificate"

begin
list fresh hardware $((now - 3600)) $((now + 86400))
lists=fresh
finish good-revocation-list accepted "a current list, on which the chip is not"

begin
variant other-chip chip "" /CN=TL-0002
list other-revoked hardware $((now - 3600)) $((now + 86400)) other-chip
lists=other-revoked
finish good-other-chip-revoked accepted "another chip's certificate is on the list"

begin
hardware="hardware-2 hardware"
finish good-two-hardware-roots accepted "one of several hardware roots certified the chip"

begin
printf -- '-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n' >garbage.crt
vendors="garbage acme-vm vm" accept_vm=$(product "Acme vm" 1.0)
finish good-garbage-beside-a-vendor accepted "a vendor's certificate that cannot be read counts as absent"

begin
variant vm-unknown-extension vm "s/^extendedKeyUsage/1.2.3.4.5=DER:0500\n&/"
in_place vm vm-unknown-extension
finish good-unknown-extension accepted "an unknown extension that is not critical has no effect"

begin
recut chip-until-2055 chip hardware 4 "$(tlv 30 "$(utc $((now - 60)))$(tlv 18 "$(text 20551231235959Z)")")"
in_place chip chip-until-2055
finish good-generalized-time accepted "from 2050 on, times are GeneralizedTime"

# ---- freshness

begin
signed_nonce=$(random 8)
finish old-nonce freshness "the evidence answers an earlier challenge"

begin
signature=$(respond)
last=${signature: -2}
signature=${signature%??}$(printf %02x $((0x$last ^ 1)))
finish flipped-signature freshness "one bit of the signature is flipped"

begin
signer=unused
finish wrong-signer freshness "signed with a key that is not the leaf's"

begin
context=terra-evidence-v2
finish other-context freshness "signed in another context"

begin
variant vm-again vm ""
der vm-again
signed_leaf=vm-again
finish other-leaf freshness "signed for another certificate of the same key"

begin
signature=00
finish garbage-signature freshness "the signature is no DER"

begin
signature=$(respond)00
finish signature-with-tail freshness "a byte follows the signature"

begin
# r with a zero octet in front of it: the same number, not DER.
signature=$(respond)
length=$((0x${signature:6:2}))
padded="02$(printf %02x $((length + 1)))00${signature:8:$((2 * length))}${signature:$((8 + 2 * length))}"
signature=$(tlv 30 "$padded")
finish padded-signature freshness "r is not in its shortest form"

begin
chain="garbage tvmm loader firmware chip" signature=$(unhex 00 >signed && openssl dgst -sha256 -sign vm.key signed | hex)
finish leaf-unreadable freshness "without a leaf there is no key to check the signature with"

begin
key vm-384 P-384
extensions vm >vm-384.ext
make vm-384 vm-384 tvmm tvmm "/CN=${name[vm]}"
in_place vm vm-384
finish leaf-p384 freshness "the leaf's key is on another curve"

begin
chain="chip firmware loader tvmm vm"
finish chain-reversed freshness "the leaf comes first"

# ---- chain: links

for layer in firmware loader tvmm vm; do
  begin
  seal broken-$layer unused "$(tbs_of $layer)"
  in_place $layer broken-$layer
  finish broken-link-$layer chain "signed with a key that is not ${issuer[$layer]}'s, under its name"
done

begin
recut vm-other-issuer vm tvmm 3 "$(common_name "${digest[other]}")"
in_place vm vm-other-issuer
finish issuer-name-differs chain "the leaf names another issuer"

begin
# The right name and the right signature, but the identifier of another key.
identifier=$(openssl x509 -in loader.crt -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :\n' | tr A-F a-f)
other=$(printf %s "$identifier" | tr 0-9a-f 1-9a-f0)
tbs=$(tbs_of tvmm)
seal tvmm-other-key-id loader "${tbs/$identifier/$other}"
in_place tvmm tvmm-other-key-id
finish issuer-key-identifier-differs chain "the authority key identifier is not the issuer's"

begin
tbs=$(tbs_of loader)
seal loader-sha384 firmware "${tbs/0a06082a8648ce3d040302/0a06082a8648ce3d040303}"
in_place loader loader-sha384
finish inner-algorithm-differs chain "the signature algorithm inside is not the one outside"

begin
digest_option=-sha384
variant vm-sha384 vm ""
unset digest_option
in_place vm vm-sha384
finish leaf-sha384 freshness "the leaf is signed with SHA-384, so its form is not the profile's"

begin
digest_option=-sha384
variant tvmm-sha384 tvmm ""
unset digest_option
in_place tvmm tvmm-sha384
finish tvmm-sha384 chain "the TVMM's certificate is signed with SHA-384"

begin
chain="vm tvmm loader chip"
finish four-certificates chain "the firmware's certificate is missing"

begin
chain="vm tvmm loader firmware chip hardware"
finish six-certificates chain "the root is not sent"

begin
chain="vm loader tvmm firmware chip"
finish swapped-layers chain "loader and TVMM in each other's place"

begin
chain="vm tvmm loader loader chip"
finish layer-twice chain "the loader's certificate in the firmware's place as well"

begin
cat loader.crt firmware.crt >two.crt
chain="vm tvmm two firmware chip"
finish two-in-one chain "two PEM blocks in one place"

# ---- chain: times

recut_layer expired-leaf vm 4 "$(validity $((now - 7200)) $((now - 3600)))" "the VM's certificate has expired"
recut_layer expired-loader loader 4 "$(validity $((now - 7200)) $((now - 3600)))" "the loader's certificate has expired"
recut_layer not-yet-valid tvmm 4 "$(validity $((now + 7200)) $((now + 86400)))" "the TVMM's certificate is not valid yet"
recut_layer impossible-time firmware 4 "$(tlv 30 "$(tlv 17 "$(text 260231000000Z)")$(utc $((now + 86400)))")" "31 February"
recut_layer generalized-too-early chip 4 "$(tlv 30 "$(utc $((now - 60)))$(tlv 18 "$(text 20491231235959Z)")")" "GeneralizedTime before 2050"

begin
time=$((now + 40 * 86400))
finish all-expired chain "everything has expired by the policy's time"

begin
time=$((now - 86400))
finish nothing-valid-yet chain "nothing is valid yet at the policy's time"

# ---- chain: names and measurements

recut_layer name-of-65-digits vm 5 "$(common_name "${name[vm]}0")" "the name has 65 digits"
recut_layer name-of-63-digits vm 5 "$(common_name "${name[vm]:0:63}")" "the name has 63 digits"
recut_layer name-with-nul vm 5 "$(tlv 30 "$(tlv 31 "$(tlv 30 "0603550403$(tlv 0c "$(text "${name[vm]}")00")")")")" "a zero octet follows the 64 digits"
bad_layer name-in-upper-case vm "" "the digits are upper case" "/CN=${name[vm]^^}"
bad_layer name-differs vm "" "the name is not the digest in TcbInfo" "/CN=${digest[other]}"
bad_layer name-with-more vm "" "the subject has an organisation as well" "/O=Acme/CN=${name[vm]}"
bad_layer name-twice vm "" "the subject has two common names" "/CN=${name[vm]}/CN=${digest[other]}"
bad_layer loader-name-differs tvmm "" "the TVMM's name is not the digest in TcbInfo" "/CN=${digest[other]}"
bad_layer no-tcbinfo vm '/^2\.23\.133\.5\.4\.1/d' "no TcbInfo in the VM's certificate"
bad_layer no-tcbinfo-firmware firmware '/^2\.23\.133\.5\.4\.1/d' "no TcbInfo in the firmware's certificate"
bad_layer tcbinfo-of-another-layer tvmm 's/^layer=.*/layer=IMP:4,INTEGER:2/; s/OCT:tvmm/OCT:loader/' "the TVMM's TcbInfo says loader"
bad_layer tcbinfo-contradicts-itself tvmm 's/OCT:tvmm/OCT:loader/' "layer number and layer name differ"
bad_layer tcbinfo-number-only tvmm 's/^layer=.*/layer=IMP:4,INTEGER:2/' "the number is the loader's, the name the TVMM's"
bad_layer tcbinfo-without-name vm '/^type=/d' "the layer's name is missing"
bad_layer tcbinfo-without-number vm '/^layer=/d' "the layer's number is missing"
bad_layer tcbinfo-sha1 vm 's/2\.16\.840\.1\.101\.3\.4\.2\.1/1.3.14.3.2.26/' "the digest claims to be SHA-1"
bad_layer tcbinfo-two-digests vm "s/^fwid=SEQUENCE:fwid/&\nfwid2=SEQUENCE:fwid/" "two digests, of which only one can be meant"
bad_layer tcbinfo-short-digest vm "s/^digest=.*/digest=FORMAT:HEX,OCT:${digest[vm]:0:62}/" "a digest of 31 bytes"
bad_layer chip-with-measurement chip "s/^basicConstraints/2.23.133.5.4.1=ASN1:SEQUENCE:tcb\n&/; \$a$(tcb firmware "${digest[firmware]}" | sed ':a;N;$!ba;s/\n/\\n/g')" "a chip is not measured"
begin
variant digest-chip chip "" "/CN=${digest[other]}"
extensions firmware >digest-chip-firmware.ext
make digest-chip-firmware firmware digest-chip chip "/CN=${name[firmware]}"
in_place chip digest-chip
in_place firmware digest-chip-firmware
finish chip-named-like-a-digest chain "a chip's name is no digest, though the firmware's certificate agrees with it"
bad_layer secondaries-in-tvmm tvmm "s/^basicConstraints/$arc.2=ASN1:SEQUENCE:disks\n&/; \$a[disks]\ntrust=SEQUENCE:trust\n[trust]\nname=UTF8:trust\nroot=FORMAT:HEX,OCT:${digest[trust]}" "only a VM has secondary identities"
bad_layer secondary-twice vm 's/^name=UTF8:site/name=UTF8:trust/' "two roots under one name"
bad_layer secondary-short vm "s/^root=FORMAT:HEX,OCT:${digest[site]}/root=FORMAT:HEX,OCT:00/" "a root of one byte"
bad_layer application-data-too-long vm "s/OCT:evidence:hello/OCT:evidence:$(printf 'x%.0s' {1..4088})/" "4097 bytes of application data"

# ---- chain: what each certificate may be used for

bad_layer path-too-long tvmm 's/pathlen:0/pathlen:1/' "the TVMM could make TVMMs"
bad_layer path-too-long-chip chip 's/pathlen:3/pathlen:4/' "the chip has one layer too many below it"
bad_layer path-unlimited loader 's/,pathlen:1//' "the loader has no path length"
bad_layer path-too-short firmware 's/pathlen:2/pathlen:1/' "the firmware's path length leaves no room for the VM"
bad_layer leaf-is-a-ca vm 's/CA:FALSE/CA:TRUE/' "the VM is a CA"
bad_layer loader-is-no-ca loader 's/CA:TRUE,pathlen:1/CA:FALSE/' "the loader is no CA"
bad_layer constraints-not-critical tvmm 's/critical,CA/CA/' "basicConstraints is not critical"
bad_layer no-constraints vm '/^basicConstraints/d' "no basicConstraints"
bad_layer leaf-signs-certificates vm 's/digitalSignature/&,keyCertSign/' "the VM's key may sign certificates"
bad_layer tvmm-signs-data tvmm 's/keyCertSign/&,digitalSignature/' "the TVMM's key may sign data"
bad_layer no-key-usage vm '/^keyUsage/d' "no keyUsage"
bad_layer key-usage-not-critical loader 's/keyUsage=critical,/keyUsage=/' "keyUsage is not critical"
bad_layer no-extended-usage vm '/^extendedKeyUsage/d' "the leaf has no usage, so it is for neither TLS nor evidence"
bad_layer tls-leaf vm 's/^extendedKeyUsage=.*/extendedKeyUsage=serverAuth,clientAuth/' "a TLS key signed the evidence"
bad_layer both-usages vm 's/^extendedKeyUsage=.*/&,serverAuth/' "one key for evidence and TLS"
bad_layer any-usage vm 's/^extendedKeyUsage=.*/extendedKeyUsage=anyExtendedKeyUsage/' "anyExtendedKeyUsage is not the evidence usage"
bad_layer vendor-usage vm 's/^(extendedKeyUsage=.*)\.3$/\1.4/' "the usage of a vendor's certificate"
bad_layer usage-in-tvmm tvmm "s/^keyUsage/extendedKeyUsage=$arc.3\n&/" "the TVMM has the evidence usage"
bad_layer unknown-critical vm 's/^keyUsage/1.2.3.4.5=critical,DER:0500\n&/' "an unknown critical extension"
bad_layer name-constraints firmware 's/^keyUsage/nameConstraints=critical,permitted;dirName:nc\n&/; $a[nc]\nCN=x' "a critical extension that the profile does not know"
reextend_layer extension-twice vm double 551d0f "keyUsage twice"
reextend_layer no-subject-key-id vm drop 551d0e "no subject key identifier"
reextend_layer no-issuer-key-id loader drop 551d23 "no authority key identifier"

# ---- chain: encoding

begin
tbs=$(tbs_of tvmm)
seal tvmm-boolean-one loader "${tbs/0603551d130101ff/0603551d13010101}"
in_place tvmm tvmm-boolean-one
finish boolean-not-der chain "TRUE written as 01, as BER allows and DER does not"

begin
seal firmware-tail chip "$(tbs_of firmware)" 0000
in_place firmware firmware-tail
finish trailing-bytes chain "two bytes follow the firmware's certificate"

begin
tbs=$(tbs_of loader)
# The first field, [0] 03 02 01 02, with its length in the long form.
body=${tbs:8}
seal loader-long-length firmware "$(tlv 30 "a08103020102${body#a003020102}")"
in_place loader loader-long-length
finish length-not-shortest chain "a length that is not in its shortest form"

recut_layer negative-serial tvmm 1 0201ff "a negative serial number"
recut_layer version-1 tvmm 0 a003020100 "X.509v1"

begin
point=$(openssl pkey -in tvmm.key -pubout -outform DER | hex)
bad_point=${point:0:54}$(printf '11%.0s' {1..64})
recut tvmm-off-curve tvmm loader 6 "$bad_point"
in_place tvmm tvmm-off-curve
finish point-not-on-curve chain "the TVMM's key is not a point on the curve"

# ---- hardware

begin
hardware=hardware-2
finish other-hardware-root hardware "the chip's maker is not among the policy's"

begin
hardware=""
finish no-hardware-root hardware "the policy trusts no hardware"

begin
seal forged-chip unused "$(tbs_of chip)"
in_place chip forged-chip
finish forged-chip hardware "under the maker's name, signed with another key"

begin
root impostor "Acme hardware root"
variant impostor-chip chip ""
make impostor-chip chip impostor impostor "/CN=${name[chip]}"
in_place chip impostor-chip
finish impostor-root hardware "another root of the same name"

begin
root own-root "The owner"
variant own-chip chip ""
make own-chip chip own-root own-root "/CN=${name[chip]}"
in_place chip own-chip
finish owner-made-chip hardware "the owner made a chip of their own"

begin
recut expired-root hardware hardware 4 "$(validity $((now - 7200)) $((now - 3600)))"
hardware=expired-root
finish expired-hardware-root hardware "the policy's root has expired"

# ---- revocation

begin
list revoked hardware $((now - 3600)) $((now + 86400)) chip
lists=revoked
finish revoked-chip revocation "the chip's key has leaked, and its maker says so"

begin
lists="fresh revoked"
finish revoked-in-second-list revocation "being on one of two lists is enough"

begin
list stale hardware $((now - 7200)) $((now - 3600))
lists=stale
finish stale-list revocation "the next list was due long ago"

begin
list future hardware $((now + 86400)) $((now + 2 * 86400))
lists=future
finish list-of-the-future revocation "the list has not been issued yet"

begin
list foreign hardware-2 $((now - 3600)) $((now + 86400))
lists=foreign
finish list-of-another-root revocation "the list is signed by nobody whom the policy names"

begin
lists="fresh foreign"
finish list-of-another-root-too revocation "a list that nobody known signed, beside a good one"

begin
list impostor-list impostor $((now - 3600)) $((now + 86400))
lists=impostor-list
finish list-of-an-impostor revocation "the list bears the root's name and another key's signature"

begin
list vendors-only vendor-vm $((now - 3600)) $((now + 86400))
lists=vendors-only
finish no-list-of-the-maker revocation "lists are required, and none is of the chip's maker"

# ---- the four layers

for layer in firmware loader tvmm vm; do
  begin
  declare "accept_$layer=[{\"digest\":\"${digest[other]}\"}]"
  finish unknown-$layer $layer "the digest is not listed and nobody vouches for it"

  begin
  declare "accept_$layer="
  vendors=$all_vendors
  finish nothing-accepted-$layer $layer "a layer that the policy leaves out accepts nothing"

  begin
  vouch wrong-root-$layer $layer "${digest[$layer]}" "Acme $layer" 1.10.0 "" hardware
  vendors=wrong-root-$layer
  declare "accept_$layer=$(product "Acme $layer" 1.0.0)"
  finish vendor-wrong-root-$layer $layer "signed by a root that is no vendor's of this layer"
done

begin
vouch for-loader loader "${digest[vm]}" "Acme vm" 1.10.0
vendors=for-loader accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-for-another-layer vm "the loader's vendor vouches for this digest, as a loader"

begin
vendors=for-loader accept_vm=$(product "Acme vm" 1.0) roots_vm="vendor-vm vendor-loader"
finish vendor-for-another-layer-trusted vm "the same, though the policy trusts that root for VMs as well"

begin
vouch crossed vm "${digest[vm]}" "Acme vm" 1.10.0 "" vendor-loader
vendors=crossed accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-of-another-layer vm "the loader's vendor vouches for a VM"

begin
vouch for-other vm "${digest[other]}" "Acme vm" 1.10.0
vendors=for-other accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-for-another-digest vm "the vendor vouches for another VM"

begin
vouch expired-vouching vm "${digest[vm]}" "Acme vm" 1.10.0
recut expired-vouching-2 expired-vouching vendor-vm 4 "$(validity $((now - 7200)) $((now - 3600)))"
vendors=expired-vouching-2 accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-expired vm "the vendor's certificate has expired"

begin
recut expired-vendor-root vendor-vm vendor-vm 4 "$(validity $((now - 7200)) $((now - 3600)))"
vendors=acme-vm roots_vm=expired-vendor-root accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-root-expired vm "the vendor's root has expired"

# bad_vouching NAME SED REASON: a vendor's certificate for the right digest that must not be believed
bad_vouching() {
  begin
  vouch "$1" vm "${digest[vm]}" "Acme vm" 1.10.0 "$2"
  vendors=$1 accept_vm=$(product "Acme vm" 1.0.0)
  finish "$1" vm "$3"
}
bad_vouching vendor-is-a-ca 's/CA:FALSE/CA:TRUE/' "the vendor's certificate is a CA"
bad_vouching vendor-without-usage '/^extendedKeyUsage/d' "without the usage that marks it"
bad_vouching vendor-with-evidence-usage 's/^(extendedKeyUsage=.*)\.4$/\1.3/' "with the evidence usage"
bad_vouching vendor-with-more-usages 's/^extendedKeyUsage=.*/&,serverAuth/' "with a second usage"
bad_vouching vendor-without-tcbinfo '/^2\.23\.133\.5\.4\.1/d' "without a statement"
bad_vouching vendor-without-version '/^version=/d' "without a version"
bad_vouching vendor-without-product '/^model=/d' "without a product"
bad_vouching vendor-strange-version 's/UTF8:1\.10\.0/UTF8:1.10.0-beta/' "a version that cannot be compared"
bad_vouching vendor-unknown-critical 's/^keyUsage/1.2.3.4.5=critical,DER:0500\n&/' "an unknown critical extension"

begin
endless=$(printf 'x%.0s' {1..65})
vouch vendor-endless-name vm "${digest[vm]}" "Acme vm" 1.10.0 "s/UTF8:Acme vm/UTF8:$endless/"
vendors=vendor-endless-name accept_vm=$(product "$endless" 1.0.0)
finish vendor-endless-name vm "a product's name of 65 characters"

begin
vendors=acme-vm accept_vm=$(product "Acme vm" 1.10.1)
finish version-too-low vm "1.10.0 is below 1.10.1"

begin
vouch low vm "${digest[vm]}" "Acme vm" 1.9.9
vendors=low accept_vm=$(product "Acme vm" 1.10.0)
finish version-too-low-numeric vm "1.9.9 is below 1.10.0, though its digits are larger"

begin
vendors=acme-vm accept_vm=$(product "Acme game" 1.0.0)
finish other-product vm "the vendor vouches for a product that is not accepted"

begin
vendors=vm accept_vm=$(product "Acme vm" 1.0.0)
finish leaf-as-vendor vm "the VM's own certificate vouches for nothing"

begin
list withdrawn vendor-vm $((now - 3600)) $((now + 86400)) acme-vm
vendors=acme-vm lists="fresh withdrawn" accept_vm=$(product "Acme vm" 1.0.0)
finish vendor-revoked vm "the vendor has withdrawn its word"

begin
vendors=acme-vm lists="fresh withdrawn"
finish good-vendor-revoked-but-listed accepted "the digest is listed outright, whatever its vendor says"

# ---- secondaries

begin
secondary="{\"trust\":\"${digest[other]}\"}"
finish secondary-wrong secondary "the attested disk is another one"

begin
secondary="{\"trust\":\"${digest[trust]}\",\"rules\":\"${digest[other]}\"}"
finish secondary-missing secondary "a required attested disk is not there"

begin
secondary="{\"trust\":\"${digest[site]}\",\"site\":\"${digest[trust]}\"}"
finish secondary-swapped secondary "the right roots under each other's names"

begin
variant vm-bare vm "/^$arc\\.2=/d"
in_place vm vm-bare
secondary="{\"trust\":\"${digest[trust]}\"}"
finish secondary-none secondary "the VM has no attested disk besides its own"
