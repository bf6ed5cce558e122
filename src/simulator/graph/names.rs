//! Names for the seeded people: as they are written, with the spelling that an address allows.

/// A name and its ASCII spelling.
pub(super) type Name = (&'static str, &'static str);

/// People of one office, who share a language.
pub(super) struct Office {
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) calling_code: &'static str,
    pub(super) given: &'static [Name],
    pub(super) surnames: &'static [Name],
}

pub(super) static OFFICES: &[Office] = &[
    Office {
        city: "Köln",
        country: "Germany",
        language: "de-DE",
        calling_code: "+49",
        given: &[
            ("Jürgen", "juergen"),
            ("Anke", "anke"),
            ("Sören", "soeren"),
            ("Käthe", "kaethe"),
            ("Hans-Peter", "hans-peter"),
            ("Björn", "bjoern"),
            ("Ulrike", "ulrike"),
            ("Jörg", "joerg"),
        ],
        surnames: &[
            ("Müller", "mueller"),
            ("Weiß", "weiss"),
            ("Schäfer", "schaefer"),
            ("von der Heide", "vonderheide"),
            ("Groß", "gross"),
            ("Köhler-Brandt", "koehler-brandt"),
            ("Böttcher", "boettcher"),
            ("Lang", "lang"),
        ],
    },
    Office {
        city: "Cork",
        country: "Ireland",
        language: "en-IE",
        calling_code: "+353",
        given: &[
            ("Siobhán", "siobhan"),
            ("Conor", "conor"),
            ("Mary Kate", "marykate"),
            ("Seán", "sean"),
            ("D'Arcy", "d'arcy"),
            ("Aoife", "aoife"),
        ],
        surnames: &[
            ("O'Brien", "o'brien"),
            ("O'Neill", "o'neill"),
            ("Ní Dhomhnaill", "nidhomhnaill"),
            ("Fitzgerald-Byrne", "fitzgerald-byrne"),
            ("Walsh", "walsh"),
            ("Mac Cárthaigh", "maccarthaigh"),
        ],
    },
    Office {
        city: "Lyon",
        country: "France",
        language: "fr-FR",
        calling_code: "+33",
        given: &[
            ("Anne-Marie", "anne-marie"),
            ("François", "francois"),
            ("Zoé", "zoe"),
            ("Jean-Loup", "jean-loup"),
            ("Hélène", "helene"),
            ("Gaël", "gael"),
        ],
        surnames: &[
            ("Lefèvre", "lefevre"),
            ("d'Aubigné", "d'aubigne"),
            ("Garçon", "garcon"),
            ("Noël-Petit", "noel-petit"),
            ("Le Goff", "legoff"),
            ("Œuvrard", "oeuvrard"),
        ],
    },
    Office {
        city: "Kraków",
        country: "Poland",
        language: "pl-PL",
        calling_code: "+48",
        given: &[("Łukasz", "lukasz"), ("Małgorzata", "malgorzata"), ("Żaneta", "zaneta"), ("Paweł", "pawel")],
        surnames: &[
            ("Wójcik", "wojcik"),
            ("Świątek", "swiatek"),
            ("Nowak-Żółć", "nowak-zolc"),
            ("Dąbrowska", "dabrowska"),
        ],
    },
    Office {
        city: "Aarhus",
        country: "Denmark",
        language: "da-DK",
        calling_code: "+45",
        given: &[("Åse", "aase"), ("Søren", "soren"), ("Bjørg", "bjorg"), ("Mads", "mads")],
        surnames: &[("Ærøskov", "aeroskov"), ("Kjær", "kjaer"), ("Nørgaard", "norgaard"), ("Østergård", "ostergaard")],
    },
    Office {
        city: "Valencia",
        country: "Spain",
        language: "es-ES",
        calling_code: "+34",
        given: &[("María José", "mariajose"), ("Íñigo", "inigo"), ("Begoña", "begona"), ("Raúl", "raul")],
        surnames: &[
            ("García Ibáñez", "garcia"),
            ("Muñoz de la Torre", "munoz"),
            ("Núñez", "nunez"),
            ("López-Peñalver", "lopez-penalver"),
        ],
    },
    Office {
        city: "İzmir",
        country: "Türkiye",
        language: "tr-TR",
        calling_code: "+90",
        given: &[("İlker", "ilker"), ("Gülşah", "gulsah"), ("Çağrı", "cagri"), ("Ilgın", "ilgin")],
        surnames: &[("Yıldız", "yildiz"), ("Öztürk", "ozturk"), ("Şahin", "sahin"), ("İnan", "inan")],
    },
    Office {
        city: "Львів",
        country: "Ukraine",
        language: "uk-UA",
        calling_code: "+380",
        given: &[("Олена", "olena"), ("Дмитро", "dmytro"), ("Мар'яна", "maryana"), ("Юрій", "yurii")],
        surnames: &[
            ("Шевченко", "shevchenko"),
            ("Коваль", "koval"),
            ("Лук'яненко", "lukyanenko"),
            ("Бондар", "bondar"),
        ],
    },
    Office {
        city: "Θεσσαλονίκη",
        country: "Greece",
        language: "el-GR",
        calling_code: "+30",
        given: &[("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Νίκος", "nikos")],
        surnames: &[("Παπαδόπουλος", "papadopoulos"), ("Νικολάου", "nikolaou"), ("Βλάχος", "vlachos")],
    },
    Office {
        city: "大阪市",
        country: "Japan",
        language: "ja-JP",
        calling_code: "+81",
        given: &[("美咲", "misaki"), ("健太", "kenta"), ("さくら", "sakura"), ("ジョン", "john")],
        surnames: &[("佐藤", "sato"), ("髙橋", "takahashi"), ("山田", "yamada"), ("渡邉", "watanabe")],
    },
    Office {
        city: "الرباط",
        country: "Morocco",
        language: "ar-MA",
        calling_code: "+212",
        given: &[("فاطمة", "fatima"), ("يوسف", "youssef"), ("أمينة", "amina")],
        surnames: &[("العلوي", "elalaoui"), ("بنعلي", "benali"), ("المنصوري", "elmansouri")],
    },
    Office {
        city: "Hà Nội",
        country: "Vietnam",
        language: "vi-VN",
        calling_code: "+84",
        given: &[("Thị Hương", "thihuong"), ("Đức", "duc"), ("Minh", "minh")],
        surnames: &[("Nguyễn", "nguyen"), ("Trần", "tran"), ("Đặng", "dang")],
    },
];

/// Departments, each with titles.
pub(super) static DEPARTMENTS: &[(&str, &[&str])] = &[
    ("Finance", &["Accountant", "Controller", "Head of Finance"]),
    ("Research & Development", &["Engineer", "Senior Engineer", "Laboratory Technician", "Architect"]),
    ("Sales", &["Account Manager", "Sales Representative", "Regional Director"]),
    ("Human Resources", &["HR Business Partner", "Recruiter"]),
    ("Operations", &["Shift Supervisor", "Planner", "Warehouse Clerk", "Driver"]),
    ("Customer Care", &["Agent", "Team Lead, Customer Care"]),
    ("IT", &["System Administrator", "Service Desk Analyst"]),
];

/// Where guests come from.
pub(super) static GUEST_DOMAINS: &[&str] = &["agentur.example", "supplier.example", "audit-partners.example"];
