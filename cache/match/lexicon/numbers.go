package lexicon

// numbers maps number words to digits or to one canonical word.
var numbers = map[string]string{
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
	"eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
	"fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20",
	"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
	"hundred": "hundred", "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
	"hundreds": "hundred", "thousands": "thousand", "millions": "million", "billions": "billion",
	"dozen": "dozen", "half": "half", "once": "once", "twice": "twice", "thrice": "thrice",
	"double": "double", "triple": "triple", "single": "single",
	"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
	"eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
}

// units maps units and currencies to one canonical spelling.
var units = map[string]string{
	"%": "%", "percent": "%", "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€", "euros": "€", "eur": "€",
	"£": "£", "pound": "lb", "pounds": "lb", "lb": "lb", "lbs": "lb", "gbp": "£", "¥": "¥", "yen": "jpy", "jpy": "jpy", "yuan": "cny", "rmb": "cny", "cny": "cny",
	"rupee": "inr", "rupees": "inr", "inr": "inr", "cent": "cent", "cents": "cent",
	"mm": "mm", "millimeter": "mm", "millimeters": "mm", "millimetres": "mm", "cm": "cm", "centimeter": "cm", "centimeters": "cm", "centimetres": "cm",
	"m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "km": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km",
	"inch": "in", "inches": "in", "ft": "ft", "foot": "ft", "feet": "ft", "yard": "yd", "yards": "yd", "mile": "mi", "miles": "mi", "mi": "mi",
	"mg": "mg", "milligrams": "mg", "g": "g", "gram": "g", "grams": "g", "kg": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg",
	"oz": "oz", "ounce": "oz", "ounces": "oz", "ton": "t", "tons": "t", "tonnes": "t", "ml": "ml", "l": "l", "liter": "l", "liters": "l", "litre": "l", "litres": "l",
	"gallon": "gal", "gallons": "gal", "cup": "cup", "cups": "cup", "celsius": "C", "fahrenheit": "F", "kelvin": "K", "degree": "deg", "degrees": "deg",
	"ms": "ms", "milliseconds": "ms", "sec": "s", "secs": "s", "seconds": "s", "min": "min", "mins": "min", "minute": "min", "minutes": "min",
	"h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w", "month": "mo", "months": "mo",
	"year": "y", "years": "y", "decade": "decade", "decades": "decade", "century": "c", "centuries": "c", "am": "am", "pm": "pm", "a.m": "am", "p.m": "pm",
	"b": "b", "kb": "kb", "mb": "mb", "gb": "gb", "tb": "tb", "kib": "kib", "mib": "mib", "gib": "gib", "bit": "bit", "bits": "bit", "byte": "b", "bytes": "b",
	"hz": "hz", "khz": "khz", "mhz": "mhz", "ghz": "ghz", "w": "watt", "watt": "watt", "watts": "watt", "kw": "kw", "kwh": "kwh", "v": "volt", "volt": "volt", "volts": "volt",
	"k": "thousand", "bn": "billion", "mph": "mph", "kph": "kmh", "kmh": "kmh", "words": "words", "word": "words", "sentences": "sentences", "sentence": "sentences",
	"paragraphs": "paragraphs", "paragraph": "paragraphs", "lines": "lines", "line": "lines", "pages": "pages", "page": "pages",
}

// hanUnits is searched by prefix, so a unit stands before every shorter unit that begins it.
var hanUnits = []string{
	"平方米", "立方米", "平方公里", "个小时", "个星期", "个月", "公里", "千米", "厘米", "毫米", "英里", "英尺", "英寸",
	"公斤", "千克", "毫克", "毫升", "加仑", "小时", "分钟", "星期", "季度", "世纪", "美元", "欧元", "英镑", "日元", "人民币", "港币", "卢比",
	"摄氏度", "华氏度", "米", "斤", "克", "磅", "吨", "升", "里", "秒", "分", "时", "点", "天", "日", "周", "月", "年", "岁", "号", "元", "块", "角", "度",
	"字", "句", "段", "行", "页", "倍", "折", "次", "人", "个", "楼", "层",
}
