"""Names of time zones that CLDR's cities and territories do not give: short names, capitals, abbreviations."""

from __future__ import annotations

PLACES = {
    "UTC": "غ | غرينتش | جرينتش | غرينيتش | جرينيتش | غرينويتش | جرينويتش | غرينتش العالمي | گرینویچ | گرینیچ | گرین وچ | גריניץ׳ | גריניץ'"
    " | גריניץ | العالمي | العالمي المنسق | العالمي الموحد | الموحد | gmt | utc | greenwich | greenwich mean | universal"
    " | هماهنگ جهانی | جهانی",
    "Asia/Riyadh": "مكة | مكة المكرمة | السعودية | الرياض | المدينة المنورة | جدة | عربستان | مکه | ریاض | סעודיה | saudi | mecca | makkah",
    "Asia/Damascus": "سورية | حلب | الشام | سوريا",
    "Asia/Dubai": "الإمارات | أبوظبي | أبو ظبي | امارات | امارات متحده عربی | uae | abu dhabi",
    "Asia/Jerusalem": "القدس المحتلة | القدس | تل أبيب | ישראל | israel",
    "Asia/Hebron": "فلسطين | الخليل | رام الله",
    "Asia/Gaza": "قطاع غزة | غزه",
    "Asia/Muscat": "سلطنة عمان | مسقط",
    "Asia/Amman": "الأردن | المملكة الأردنية",
    "Africa/Cairo": "مصر | القاهرة",
    "Africa/Casablanca": "الرباط | الدار البيضاء | المملكة المغربية",
    "Africa/Algiers": "الجزائر | الجزائر العاصمة",
    "Africa/Khartoum": "السودان | الخرطوم",
    "Asia/Aden": "صنعاء | عدن | اليمن",
    "Asia/Qatar": "قطر | الدوحة",
    "Asia/Baghdad": "أربيل | اربیل | البصرة | الموصل",
    "Europe/Istanbul": "أنقرة | تركيا | ترکیه | آنکارا | ankara | اسطنبول",
    "Asia/Tehran": "إيران | ایران | طهران | تهران | تهران (ایران)",
    "Asia/Kabul": "افغانستان | أفغانستان | کابل | كابل | کابول",
    "Asia/Karachi": "باكستان | پاکستان | اسلام‌آباد | اسلام آباد | إسلام آباد | pakistan standard",
    "Asia/Kolkata": "دلهی | دہلی | نیودلهی | نئی دہلی | نيودلهي | بھارت",
    "America/New_York": "واشنطن | نيويورك | شرق الولايات المتحدة | الساحل الشرقي | شرق أمريكا | شرق أميركا | واشینگتن | واشنگتن | וושינגטון"
    " | ניו יורק | washington | eastern | us eastern | الشرقي للولايات المتحدة",
    "America/Los_Angeles": "غرب الولايات المتحدة | pacific | us pacific",
    "Europe/Moscow": "موسكو | مسکو | ماسکو | מוסקבה | moscow",
    "Europe/Paris": "وسط أوروبا | central european | فرنسا",
    "Europe/Berlin": "ألمانيا | برلين",
    "Europe/London": "بريطانيا | لندن | london",
    "Europe/Kyiv": "كييف | أوكرانيا | کی‌یف | קייב | kyiv",
    "Asia/Shanghai": "بكين | پکن | بیجنگ | בייג׳ינג | beijing | الصين",
    "local": "المحلي | المحلية | محلی | مقامی | المقامي | מקומי | local | locale",
}
INTRODUCTIONS = (
    "ت | ت. | بتوقيت | بالتوقيت | توقيت | حسب توقيت | بحسب توقيت | وفق توقيت | وفقا لتوقيت | حسب التوقيت | بتوقيت مدينة | بتوقيت العاصمة"
    " | التوقيت | به وقت | به‌وقت | وقت | به ساعت | שעון | לפי שעון | בשעון | על פי שעון | heure de | heure d' | à l'heure de | heure"
    " | time in | د"
)
# After a place: `Damascus time`, `پاکستان کے وقت`, `د کابل په وخت`.
CONCLUSIONS = (
    "time | local time | standard time | mean time | coordinated time | وقت | کے وقت | کے وقت کے مطابق | معیاری وقت | کے معیاری وقت"
    " | وقت کے مطابق | په وخت | saati | saatiyle | المحلي"
)
# RFC 5322 section 4.3 and the abbreviations that mean one offset only; AST, IST, BST and kin are not among them.
OFFSET_HOURS = {
    "ut": 0.0, "gmt": 0.0, "utc": 0.0, "z": 0.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0,
    "pst": -8.0, "pdt": -7.0, "wet": 0.0, "west": 1.0, "cet": 1.0, "cest": 2.0, "eet": 2.0, "eest": 3.0, "msk": 3.0, "trt": 3.0,
    "pkt": 5.0, "irst": 3.5, "irdt": 4.5, "aft": 4.5,
}  # fmt: skip
