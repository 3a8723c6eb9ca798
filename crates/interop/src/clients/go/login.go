// Logs in with the key and the certificate of a CNS, with crypto11: login MODULE 1.2|1.3 HOST:PORT SERVER-CA.
// The PIN is the first line of the input.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ThalesIgnite/crypto11"
	"github.com/miekg/pkcs11"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serial is the number of the card in the first reader that has one, by which crypto11 finds the token.
func serial(path string) string {
	module := pkcs11.New(path)
	if module == nil {
		must(fmt.Errorf("cannot load %s", path))
	}
	must(module.Initialize())
	slots, err := module.GetSlotList(true)
	must(err)
	if len(slots) == 0 {
		must(fmt.Errorf("no card in any reader"))
	}
	token, err := module.GetTokenInfo(slots[0])
	must(err)
	must(module.Finalize())
	module.Destroy()
	return token.SerialNumber
}

func main() {
	path, version, address, authority := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	number := serial(path)
	pin, err := bufio.NewReader(os.Stdin).ReadString('\n')
	must(err)

	card, err := crypto11.Configure(&crypto11.Config{
		Path: path, TokenSerial: number, Pin: strings.TrimSpace(pin),
	})
	must(err)
	defer card.Close()
	certificates, err := card.FindAllPairedCertificates()
	must(err)

	pem, err := os.ReadFile(authority)
	must(err)
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	protocol := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[version]
	connection, err := tls.Dial("tcp", address, &tls.Config{
		Certificates: certificates, RootCAs: authorities, MinVersion: protocol, MaxVersion: protocol,
	})
	must(err)
	fmt.Fprint(connection, "GET / HTTP/1.0\r\n\r\n")
	page, err := io.ReadAll(connection)
	must(err)
	fmt.Print(string(page))
}
