# For Nix: `nix-build packaging`. NixOS adds the module to programs by p11-kit, or by the path that `cns setup` prints.
{ pkgs ? import <nixpkgs> { } }:

pkgs.rustPlatform.buildRustPackage {
  pname = "cns-pkcs11";
  version = "0.1.0";
  # Neither git's files nor what cargo has made go into the store.
  src = pkgs.lib.cleanSourceWith {
    src = pkgs.lib.cleanSource ../.;
    filter = path: type: baseNameOf path != "target";
  };
  cargoLock.lockFile = ../Cargo.lock;
  nativeBuildInputs = [ pkgs.pkg-config ];
  buildInputs = [ pkgs.pcsclite ];

  buildPhase = ''
    runHook preBuild
    cargo build --release --frozen --package cns-pkcs11 --package cns-tool --package virtual-cns
    runHook postBuild
  '';

  checkPhase = ''
    runHook preCheck
    cargo test --frozen --package cns-pkcs11 --package cns-tool --lib
    runHook postCheck
  '';

  installPhase = ''
    runHook preInstall
    cargo run --frozen --package xtask -- install --destdir / --prefix $out
    runHook postInstall
  '';

  # `cns` opens libpcsclite when it needs it, by its name alone; what the file does not name as needed loses its path before.
  postFixup = ''
    patchelf --add-rpath ${pkgs.lib.getLib pkgs.pcsclite}/lib $out/bin/cns
  '';

  meta = {
    description = "Italian health card and CNS for browsers and other programs";
    license = [ pkgs.lib.licenses.mit pkgs.lib.licenses.asl20 ];
    mainProgram = "cns";
    platforms = pkgs.lib.platforms.linux;
  };
}
