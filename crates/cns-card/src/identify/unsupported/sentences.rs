//! What holders of unsupported cards are told, in three languages: whole sentences, nothing that must be looked up.

/// Italian, English, Romanian.
pub(super) type Sentences = [&'static str; 3];

pub(super) const ISSUERS_SOFTWARE: Sentences = [
    "Questa carta funziona con il programma di chi l'ha rilasciata: si trova sul suo sito. \
     Per accedere con la CNS, inserisci la tessera sanitaria (TS-CNS).",
    "This card works with the program of whoever issued it: look for it on the issuer's site. \
     To log in with the CNS, put your health card (TS-CNS) into the reader.",
    "Acest card funcționează cu programul celui care l-a emis: îl găsiți pe site-ul emitentului. \
     Pentru autentificare cu CNS, introduceți în cititor cardul TS-CNS.",
];

pub(super) const CIE_SOFTWARE: Sentences = [
    "La carta d'identità elettronica si usa con il programma «Software CIE» del Ministero dell'Interno \
     (www.cartaidentita.interno.gov.it) e con l'accesso «Entra con CIE». \
     Per accedere con la CNS, inserisci la tessera sanitaria (TS-CNS).",
    "The electronic identity card is used with the program \"Software CIE\" of the Italian Ministry of the Interior \
     (www.cartaidentita.interno.gov.it) and the login \"Entra con CIE\". \
     To log in with the CNS, put your health card (TS-CNS) into the reader.",
    "Cartea de identitate electronică italiană se folosește cu programul „Software CIE” al Ministerului de Interne \
     italian (www.cartaidentita.interno.gov.it) și cu autentificarea „Entra con CIE”. \
     Pentru autentificare cu CNS, introduceți în cititor cardul TS-CNS.",
];

pub(super) const SIGNATURE_SOFTWARE: Sentences = [
    "Questa carta serve a firmare documenti, con il programma di firma di chi l'ha rilasciata; non serve ad accedere \
     ai servizi. Per accedere, inserisci la tessera sanitaria (TS-CNS) o un'altra CNS.",
    "This card signs documents, with the signing program of whoever issued it; it does not log in to services. \
     To log in, put your health card (TS-CNS) or another CNS into the reader.",
    "Acest card semnează documente, cu programul de semnătură al celui care l-a emis; nu se folosește la \
     autentificare. Pentru autentificare, introduceți în cititor cardul TS-CNS sau un alt CNS.",
];

pub(super) const INSERT_CNS: Sentences = [
    "Inserisci nel lettore la tessera sanitaria (TS-CNS) o un'altra CNS, con il chip rivolto come indicato sul lettore.",
    "Put your health card (TS-CNS) or another CNS into the reader, with the chip the way the reader shows.",
    "Introduceți în cititor cardul TS-CNS sau un alt CNS, cu cipul așa cum arată cititorul.",
];

pub(super) const ASK_THE_ISSUER: Sentences = [
    "Questa tessera non contiene il certificato che serve per accedere. Porta la tessera e un documento d'identità a \
     uno sportello della tua Regione (ASL o altro sportello abilitato) e chiedi di attivarla o di sostituirla.",
    "This card does not hold the certificate that logging in needs. Take the card and an identity document to a \
     counter of your Region (ASL or another authorised counter) and ask to have it activated or replaced.",
    "Acest card nu conține certificatul necesar pentru autentificare. Mergeți cu cardul și cu un act de identitate la \
     un ghișeu al Regiunii (ASL sau alt ghișeu autorizat) și cereți activarea sau înlocuirea lui.",
];

pub(super) const ASK_WHO_ISSUED_IT: Sentences = [
    "Questa carta non contiene il certificato che serve per accedere. Rivolgiti a chi l'ha rilasciata (per esempio la \
     Camera di Commercio) e chiedi di attivarla o di sostituirla.",
    "This card does not hold the certificate that logging in needs. Turn to whoever issued it (a chamber of commerce, \
     for example) and ask to have it activated or replaced.",
    "Acest card nu conține certificatul necesar pentru autentificare. Adresați-vă celui care l-a emis (de exemplu camera \
     de comerț) și cereți activarea sau înlocuirea lui.",
];

pub(super) const USE_THE_CONTACT_SLOT: Sentences = [
    "Se è la tua tessera sanitaria (TS-CNS), usa la fessura del lettore: inserisci la tessera con il chip in avanti, \
     fino in fondo.",
    "If it is your health card (TS-CNS), use the contact slot of the reader: put the card in chip first, all the way in.",
    "Dacă este cardul dumneavoastră TS-CNS, folosiți fanta cu contacte a cititorului: introduceți cardul cu cipul \
     înainte, până la capăt.",
];

pub(super) const ASK_THE_CHAMBER_OF_COMMERCE: Sentences = [
    "I certificati di questa serie sono scaduti e non si rinnovano. Chiedi una CNS nuova alla tua Camera di Commercio, \
     oppure accedi con la tessera sanitaria (TS-CNS).",
    "The certificates of this series have expired and are not renewed. Ask your chamber of commerce for a new CNS, or \
     log in with your health card (TS-CNS).",
    "Certificatele acestei serii au expirat și nu se reînnoiesc. Cereți un CNS nou la camera de comerț sau \
     autentificați-vă cu cardul TS-CNS.",
];

pub(super) const CHECK_THE_CERTIFICATE: Sentences = [
    "A questa carta non viene inviato nessun PIN. Se è una carta di un altro Paese, usa il programma di chi l'ha \
     rilasciata. Se è la tua tessera sanitaria (TS-CNS), il certificato è danneggiato: portala a uno sportello della tua \
     Regione (ASL o altro sportello abilitato) e chiedi di sostituirla.",
    "No PIN is sent to this card. If it is a card of another country, use the program of whoever issued it. If it is \
     your health card (TS-CNS), its certificate is damaged: take it to a counter of your Region (ASL or another \
     authorised counter) and ask to have it replaced.",
    "Acestui card nu i se trimite niciun PIN. Dacă este un card al altei țări, folosiți programul celui care l-a emis. \
     Dacă este cardul dumneavoastră TS-CNS, certificatul este deteriorat: mergeți cu el la un ghișeu al Regiunii (ASL \
     sau alt ghișeu autorizat) și cereți înlocuirea lui.",
];

/// After the notice of CAS Gorj, 2015 (docs/cards, unsupported).
pub(super) const ROMANIAN_HEALTH_CARD: Sentences = [
    "Con questa tessera non si accede da casa: funziona solo presso medico, farmacia o ospedale in Romania, con il loro \
     lettore e il loro programma. Questo computer non le invia mai il PIN. \
     «Card blocat» (errore 15): dopo cinque PIN sbagliati la tessera è bloccata. Chiedi al medico o alla farmacia di \
     telefonare alla tua cassa di assicurazione (CAS) e tieni pronto il codice CID. Dopo lo sblocco, nel loro programma: \
     inserisci la tessera, scegli «Reset PIN eCard», digita 0000; poi «Schimbă PIN eCard»: PIN attuale 0000, PIN \
     nuovo, ancora il PIN nuovo. Lo stesso vale per chi ha dimenticato il PIN. \
     «Card invalid» (errore 5): si telefona alla stessa CAS, con il numero di documento stampato sulla tessera; dopo, la \
     tessera funziona di nuovo con il PIN scelto all'attivazione. \
     Se la carta è un'altra, inserisci la tessera sanitaria italiana (TS-CNS).",
    "Nobody can log in from home with this card: it works only at a doctor's, a pharmacy or a hospital in Romania, with \
     their reader and their program. This computer never sends it a PIN. \
     \"Card blocat\" (error 15): after five wrong PINs the card is blocked. Ask the doctor or the pharmacy to telephone \
     your county health insurance house (CAS) and have your CID code ready. After they have unblocked it, in the \
     provider's program: put the card in, choose \"Reset PIN eCard\", type 0000; then \"Schimbă PIN eCard\": current PIN \
     0000, new PIN, the new PIN again. The same helps if you forgot the PIN. \
     \"Card invalid\" (error 5): the same CAS is telephoned, with the document number printed on the card; afterwards the \
     card works again with the PIN set at activation. \
     If your card is another one, put your Italian health card (TS-CNS) into the reader.",
    "Cu acest card nu vă puteți autentifica de acasă: funcționează numai la medic, la farmacie sau la spital, cu \
     cititorul și programul lor. Acest calculator nu îi trimite niciodată codul PIN. \
     „Card blocat” (eroarea 15): după cinci coduri PIN greșite cardul este blocat. Rugați medicul sau farmacia să \
     telefoneze la casa dumneavoastră județeană de asigurări de sănătate (CAS) și pregătiți codul CID. După deblocare, \
     în programul furnizorului: introduceți cardul, alegeți „Reset PIN eCard”, tastați 0000; apoi „Schimbă PIN eCard”: \
     PIN-ul actual 0000, PIN-ul nou, încă o dată PIN-ul nou. La fel se procedează dacă ați uitat codul PIN. \
     „Card invalid” (eroarea 5): se telefonează la aceeași CAS, cu numărul de document înscris pe card; după aceea \
     cardul funcționează din nou cu PIN-ul stabilit la activare. \
     Dacă aveți alt card, introduceți în cititor cardul italian TS-CNS.",
];
