# For Homebrew, built on the Mac that it is for: nothing ready-made is fetched, so nothing has to be signed. Not run; that
# the library links is shown by `cargo xtask foreign`. The source archive lies beside this file, and is
# `git archive --format=tar.gz --prefix=cns-pkcs11-0.1.0/ HEAD`. Homebrew takes formulae of a tap only:
# `brew tap-new local/cns`, both into Formula/ of `brew --repository local/cns`, `brew install local/cns/cns-pkcs11`.
class CnsPkcs11 < Formula
  desc "Italian health card and CNS for browsers and other programs"
  url "file://#{__dir__}/cns-pkcs11-0.1.0.tar.gz"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build
  depends_on :macos

  def install
    system "cargo", "build", "--release", "--locked", "--package", "cns-pkcs11", "--package", "cns-tool"
    lib.install "target/release/libcns_pkcs11.dylib"
    bin.install "target/release/cns"
    include.install "include/cns_pkcs11.h"
    doc.install "README.md", "README.it.md", "docs/clients.md", "docs/clients.it.md"
    system bin/"cns", "generate", buildpath/"made"
    man1.install Dir["made/man/man1/*"]
    man7.install Dir["made/man/man7/*"]
    bash_completion.install "made/completions/cns.bash" => "cns"
    zsh_completion.install "made/completions/_cns"
    fish_completion.install "made/completions/cns.fish"
  end

  def caveats
    <<~TEXT
      Firefox, closed, is set up for the card by: cns setup firefox
      Before you remove this formula: cns setup --remove
    TEXT
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cns --version")
    # Loads the library and asks it who made it.
    assert_match "cns-pkcs11", shell_output("#{bin}/cns load-module #{lib}/libcns_pkcs11.dylib")
  end
end
