# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cns_global_optspecs
    string join \n lang= color= h/help V/version
end

function __fish_cns_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cns_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cns_using_subcommand
    set -l cmd (__fish_cns_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cns -n "__fish_cns_needs_command" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_needs_command" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_needs_command" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_needs_command" -s V -l version -d 'Show the version'
complete -c cns -n "__fish_cns_needs_command" -f -a "start" -d 'Lead you step by step, from the card in your hand to a login (cns alone will do)'
complete -c cns -n "__fish_cns_needs_command" -f -a "status" -d 'Show readers, cards, holder, expiry of the certificate and tries left'
complete -c cns -n "__fish_cns_needs_command" -f -a "doctor" -d 'Look for what keeps the card from working, and say what to do'
complete -c cns -n "__fish_cns_needs_command" -f -a "setup" -d 'Tell Firefox, Chrome and other programs about the card, or take it back (--remove)'
complete -c cns -n "__fish_cns_needs_command" -f -a "generate" -d '`cns generate`, for who makes packages: man pages and completions'
complete -c cns -n "__fish_cns_needs_command" -f -a "guide" -d 'Explain how to activate the card, what the codes are, how to log in'
complete -c cns -n "__fish_cns_needs_command" -f -a "pin" -d 'Check, change or unblock the PIN'
complete -c cns -n "__fish_cns_needs_command" -f -a "cert" -d 'Show or export the card\'s certificate'
complete -c cns -n "__fish_cns_needs_command" -f -a "data" -d 'Show the personal data in the chip'
complete -c cns -n "__fish_cns_needs_command" -f -a "test-login" -d 'Try a login with the card: to a real site or, without an address, without any network'
complete -c cns -n "__fish_cns_needs_command" -f -a "sign" -d 'Sign a file with the card\'s key (detached signature)'
complete -c cns -n "__fish_cns_needs_command" -f -a "practice" -d 'Practise a login with a virtual card and a portal inside this computer, for courses'
complete -c cns -n "__fish_cns_needs_command" -f -a "watch" -d 'Show readers and cards as they come and go, for support people'
complete -c cns -n "__fish_cns_needs_command" -f -a "card-report" -d 'Prepare a report about an unknown card, without personal data'
complete -c cns -n "__fish_cns_needs_command" -f -a "cache" -d 'Show or forget what the module remembers of cards'
complete -c cns -n "__fish_cns_needs_command" -f -a "load-module" -d '`cns load-module`, which is no command for people'
complete -c cns -n "__fish_cns_using_subcommand start" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand start" -l module -d 'PKCS#11 module to use (if absent: the installed one)' -r -F
complete -c cns -n "__fish_cns_using_subcommand start" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand start" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand start" -l user -d 'Only your own programs, even as administrator'
complete -c cns -n "__fish_cns_using_subcommand start" -l pause -d 'Wait for Enter at the end, for a window that closes then'
complete -c cns -n "__fish_cns_using_subcommand start" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand status" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand status" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand status" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand status" -l show -d 'Show the whole tax code'
complete -c cns -n "__fish_cns_using_subcommand status" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand status" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand doctor" -l report -d 'Also write a file for whoever helps you, without personal data' -r -F
complete -c cns -n "__fish_cns_using_subcommand doctor" -l module -d 'Examine this libcns_pkcs11.so instead of the installed one' -r -F
complete -c cns -n "__fish_cns_using_subcommand doctor" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand doctor" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand doctor" -l fix -d 'Carry out what can be put right by a command, asking before each'
complete -c cns -n "__fish_cns_using_subcommand doctor" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand doctor" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand setup" -l module -d 'Register this libcns_pkcs11.so instead of the installed one' -r -F
complete -c cns -n "__fish_cns_using_subcommand setup" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand setup" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand setup" -l remove -d 'Take the module out and give every file back as it was'
complete -c cns -n "__fish_cns_using_subcommand setup" -l dry-run -d 'Only say what would be done'
complete -c cns -n "__fish_cns_using_subcommand setup" -l user -d 'Only your own programs, even as administrator'
complete -c cns -n "__fish_cns_using_subcommand setup" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand setup" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand generate" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand generate" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand generate" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand guide" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand guide" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand guide" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -f -a "verify" -d 'Check whether the PIN is right (a wrong PIN costs a try)'
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -f -a "change" -d 'Change the PIN: asks for the present one, and twice for the new one'
complete -c cns -n "__fish_cns_using_subcommand pin; and not __fish_seen_subcommand_from verify change unblock" -f -a "unblock" -d 'Unblock the PIN with the PUK: asks for the PUK, and twice for the new PIN'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l pinentry -d 'Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)' -r -F
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l pin-stdin -d 'For scripts: reads one code a line from the input, in the order of asking; the new PIN once only'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -l last-try -d 'For scripts: uses even the last try, after which the code is locked'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from verify" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l pinentry -d 'Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)' -r -F
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l pin-stdin -d 'For scripts: reads one code a line from the input, in the order of asking; the new PIN once only'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -l last-try -d 'For scripts: uses even the last try, after which the code is locked'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from change" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l pinentry -d 'Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)' -r -F
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l pin-stdin -d 'For scripts: reads one code a line from the input, in the order of asking; the new PIN once only'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -l last-try -d 'For scripts: uses even the last try, after which the code is locked'
complete -c cns -n "__fish_cns_using_subcommand pin; and __fish_seen_subcommand_from unblock" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -f -a "show" -d 'Show what the certificate says'
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -f -a "export" -d 'Write the certificate to a file or to the output'
complete -c cns -n "__fish_cns_using_subcommand cert; and not __fish_seen_subcommand_from show export uri" -f -a "uri" -d 'Show the PKCS#11 names (URIs, RFC 7512) of card, certificate and key, for other programs'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -l signature -d 'The signature certificate, on cards that have one'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from show" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -s o -l output -d 'Write to this file' -r -F
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l signature -d 'The signature certificate, on cards that have one'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l pem -d 'As PEM (text); what is done when nothing is said'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -l der -d 'As DER (binary)'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from export" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -l module -d 'PKCS#11 module to use (if absent: the installed one)' -r -F
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand cert; and __fish_seen_subcommand_from uri" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand data" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand data" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand data" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand data" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand data" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand test-login" -l ca -d 'Trust the certificates in this PEM file too, for test sites' -r -F
complete -c cns -n "__fish_cns_using_subcommand test-login" -l tls -d 'Use this version of TLS only' -r -f -a "1.2\t'TLS 1.2'
1.3\t'TLS 1.3'"
complete -c cns -n "__fish_cns_using_subcommand test-login" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand test-login" -l module -d 'PKCS#11 module to use (if absent: the installed one)' -r -F
complete -c cns -n "__fish_cns_using_subcommand test-login" -l pinentry -d 'Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)' -r -F
complete -c cns -n "__fish_cns_using_subcommand test-login" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand test-login" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand test-login" -l pin-stdin -d 'For scripts: reads one code a line from the input, in the order of asking; the new PIN once only'
complete -c cns -n "__fish_cns_using_subcommand test-login" -l last-try -d 'For scripts: uses even the last try, after which the code is locked'
complete -c cns -n "__fish_cns_using_subcommand test-login" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand test-login" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand sign" -s o -l output -d 'Where to write the signature (if absent: FILE.p7s, or FILE.sig with --raw)' -r -F
complete -c cns -n "__fish_cns_using_subcommand sign" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand sign" -l module -d 'PKCS#11 module to use (if absent: the installed one)' -r -F
complete -c cns -n "__fish_cns_using_subcommand sign" -l pinentry -d 'Ask for the PIN in a window, with pinentry or with this program of its kind (without a terminal, that happens by itself)' -r -F
complete -c cns -n "__fish_cns_using_subcommand sign" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand sign" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand sign" -l raw -d 'Only the RSA signature (PKCS#1 v1.5, SHA-256), without certificate'
complete -c cns -n "__fish_cns_using_subcommand sign" -l force -d 'Replace a signature that is there already'
complete -c cns -n "__fish_cns_using_subcommand sign" -l pin-stdin -d 'For scripts: reads one code a line from the input, in the order of asking; the new PIN once only'
complete -c cns -n "__fish_cns_using_subcommand sign" -l last-try -d 'For scripts: uses even the last try, after which the code is locked'
complete -c cns -n "__fish_cns_using_subcommand sign" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand practice" -l card -d 'The kind of virtual card; `virtual-cns list` names them' -r
complete -c cns -n "__fish_cns_using_subcommand practice" -l address -d 'Where the virtual reader takes cards' -r
complete -c cns -n "__fish_cns_using_subcommand practice" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand practice" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand practice" -l stop -d 'End the practice that runs in another terminal'
complete -c cns -n "__fish_cns_using_subcommand practice" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand watch" -l count -d 'Ends after N events' -r
complete -c cns -n "__fish_cns_using_subcommand watch" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand watch" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand watch" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand watch" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand card-report" -l reader -d 'Reader to use, or a part of its name, when there are several' -r
complete -c cns -n "__fish_cns_using_subcommand card-report" -s o -l output -d 'Write to this file' -r -F
complete -c cns -n "__fish_cns_using_subcommand card-report" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand card-report" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand card-report" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cache; and not __fish_seen_subcommand_from status clear" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cache; and not __fish_seen_subcommand_from status clear" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cache; and not __fish_seen_subcommand_from status clear" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cache; and not __fish_seen_subcommand_from status clear" -f -a "status" -d 'Show which cards the module remembers: public data only, never the PIN'
complete -c cns -n "__fish_cns_using_subcommand cache; and not __fish_seen_subcommand_from status clear" -f -a "clear" -d 'Forget everything that the module remembers'
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from status" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from status" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from status" -l json -d 'Write the result as JSON, for programs'
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from status" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from clear" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from clear" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Show this explanation'
complete -c cns -n "__fish_cns_using_subcommand load-module" -l lang -d 'Language of the messages: it or en (if absent: the system\'s)' -r -f -a "it\t'Italiano'
en\t'English'"
complete -c cns -n "__fish_cns_using_subcommand load-module" -l color -d 'Colours: auto, always or never' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c cns -n "__fish_cns_using_subcommand load-module" -s h -l help -d 'Show this explanation'
