"""The base mode vectors of RFC 9180, appendix A, for the algorithms that MLS uses."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.mls.crypto.algorithms import DHKEM_P256, DHKEM_P521, DHKEM_X25519
from workbench.mls.crypto.hpke import HPKE
from workbench.mls.crypto.primitives import (
    AES_128_GCM,
    AES_256_GCM,
    CHACHA20_POLY1305,
    HKDF_SHA256,
    HKDF_SHA512,
)

INFO = b"Ode on a Grecian Urn"
AAD = b"Count-0"
PLAINTEXT = b"Beauty is truth, truth beauty"
EXPORTER_CONTEXT = b"TestContext"


@dataclass(frozen=True)
class Vector:
    """One section of the appendix: its first encryption, and its last export of 32 bytes."""

    section: str
    hpke: HPKE
    ikm_e: bytes
    ikm_r: bytes
    sk_r: bytes
    pk_r: bytes
    enc: bytes
    shared_secret: bytes
    ct: bytes
    exported: bytes


VECTORS = (
    Vector(
        "A.1",
        HPKE(DHKEM_X25519, HKDF_SHA256, AES_128_GCM),
        ikm_e=bytes.fromhex("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234"),
        ikm_r=bytes.fromhex("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037"),
        sk_r=bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
        pk_r=bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
        enc=bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
        shared_secret=bytes.fromhex("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"),
        ct=bytes.fromhex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"),
        exported=bytes.fromhex("e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931"),
    ),
    Vector(
        "A.2",
        HPKE(DHKEM_X25519, HKDF_SHA256, CHACHA20_POLY1305),
        ikm_e=bytes.fromhex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b"),
        ikm_r=bytes.fromhex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df"),
        sk_r=bytes.fromhex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
        pk_r=bytes.fromhex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"),
        enc=bytes.fromhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
        shared_secret=bytes.fromhex("0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7"),
        ct=bytes.fromhex("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"),
        exported=bytes.fromhex("5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53"),
    ),
    Vector(
        "A.3",
        HPKE(DHKEM_P256, HKDF_SHA256, AES_128_GCM),
        ikm_e=bytes.fromhex("4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e"),
        ikm_r=bytes.fromhex("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550"),
        sk_r=bytes.fromhex("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2"),
        pk_r=bytes.fromhex(
            "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e5"
            "39c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0"
        ),
        enc=bytes.fromhex(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e"
            "5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
        ),
        shared_secret=bytes.fromhex("c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8"),
        ct=bytes.fromhex("5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"),
        exported=bytes.fromhex("d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a"),
    ),
    Vector(
        "A.6",
        HPKE(DHKEM_P521, HKDF_SHA512, AES_256_GCM),
        ikm_e=bytes.fromhex(
            "7f06ab8215105fc46aceeb2e3dc5028b44364f960426eb0d8e4026c2f8b5d7e7a986688f1591abf5ab75"
            "3c357a5d6f0440414b4ed4ede71317772ac98d9239f70904"
        ),
        ikm_r=bytes.fromhex(
            "2ad954bbe39b7122529f7dde780bff626cd97f850d0784a432784e69d86eccaade43b6c10a8ffdb94bf9"
            "43c6da479db137914ec835a7e715e36e45e29b587bab3bf1"
        ),
        sk_r=bytes.fromhex(
            "01462680369ae375e4b3791070a7458ed527842f6a98a79ff5e0d4cbde83c27196a3916956655523a6a2"
            "556a7af62c5cadabe2ef9da3760bb21e005202f7b2462847"
        ),
        pk_r=bytes.fromhex(
            "0401b45498c1714e2dce167d3caf162e45e0642afc7ed435df7902ccae0e84ba0f7d373f646b7738bbbd"
            "ca11ed91bdeae3cdcba3301f2457be452f271fa6837580e661012af49583a62e48d44bed350c7118c0d8"
            "dc861c238c72a2bda17f64704f464b57338e7f40b60959480c0e58e6559b190d81663ed816e523b6b6a4"
            "18f66d2451ec64"
        ),
        enc=bytes.fromhex(
            "040138b385ca16bb0d5fa0c0665fbbd7e69e3ee29f63991d3e9b5fa740aab8900aaeed46ed73a4905575"
            "8425a0ce36507c54b29cc5b85a5cee6bae0cf1c21f2731ece2013dc3fb7c8d21654bb161b463962ca19e"
            "8c654ff24c94dd2898de12051f1ed0692237fb02b2f8d1dc1c73e9b366b529eb436e98a996ee522aef86"
            "3dd5739d2f29b0"
        ),
        shared_secret=bytes.fromhex(
            "776ab421302f6eff7d7cb5cb1adaea0cd50872c71c2d63c30c4f1d5e43653336fef33b103c67e7a98add"
            "2d3b66e2fda95b5b2a667aa9dac7e59cc1d46d30e818"
        ),
        ct=bytes.fromhex("170f8beddfe949b75ef9c387e201baf4132fa7374593dfafa90768788b7b2b200aafcc6d80ea4c795a7c5b841a"),
        exported=bytes.fromhex("f389beaac6fcf6c0d9376e20f97e364f0609a88f1bc76d7328e9104df8477013"),
    ),
)
