// Counts, coverage, the table and the download.
import type { MessageTable } from "../locales";

export const counts = {
  "counts.title": { ky: "Эсептөө", ru: "Подсчёт", en: "Counts" },
  "counts.camera": { ky: "Камера", ru: "Камера", en: "Camera" },
  "counts.period": { ky: "Мезгил", ru: "Период", en: "Period" },
  "counts.hours": {
    ky: "{n, plural, one {Акыркы # саат} other {Акыркы # саат}}",
    ru: "{n, plural, one {Последний # час} few {Последние # часа} many {Последние # часов} other {Последние # часа}}",
    en: "{n, plural, one {Last # hour} other {Last # hours}}",
  },
  "counts.bin": { ky: "Аралык", ru: "Интервал", en: "Bin" },
  "counts.bin.15m": { ky: "15 мүнөт", ru: "15 минут", en: "15 minutes" },
  "counts.bin.1h": { ky: "1 саат", ru: "1 час", en: "1 hour" },
  "counts.nothing": { ky: "Бул мезгилде маалымат жок", ru: "За этот период данных нет", en: "No data in this period" },
  "counts.nothingMeaning": {
    ky: "Камера байкаган эмес же сызык чийиле элек. Бул «нөл унаа өттү» дегенди билдирбейт.",
    ru: "Камера не наблюдала, или на кадре нет линий. Это не означает, что никто не проехал.",
    en: "The camera did not observe, or no line is drawn. It does not mean that nobody passed.",
  },
  "counts.panel": { ky: "{line} сызыгы, {direction}", ru: "Линия {line}, {direction}", en: "Line {line}, {direction}" },
  "counts.axis": { ky: "{bin} ичинде өткөнү", ru: "проездов за {bin}", en: "passages per {bin}" },
  "counts.total": { ky: "Жалпы", ru: "Всего", en: "Total" },
  "counts.totalOf": {
    ky: "{n, plural, one {# өтүү} other {# өтүү}}",
    ru: "{n, plural, one {# проезд} few {# проезда} many {# проездов} other {# проезда}}",
    en: "{n, plural, one {# passage} other {# passages}}",
  },
  "counts.coverageIs": { ky: "байкоо {percent} %", ru: "наблюдалось {percent} %", en: "{percent} % observed" },
  "counts.coverageWhole": { ky: "Мезгилдин {percent} % байкалды ({observed} / {length})", ru: "Наблюдалось {percent} % периода ({observed} из {length})", en: "{percent} % of the period observed ({observed} of {length})" },
  "counts.legend.partial": { ky: "толук эмес: чыныгы сан көбүрөөк болушу мүмкүн", ru: "неполный интервал: на деле могло быть больше", en: "incomplete bin: the true number may be higher" },
  "counts.legend.none": { ky: "маалымат жок", ru: "нет данных", en: "no data" },
  "counts.running": { ky: "аралык бүтө элек", ru: "интервал ещё идёт", en: "still running" },
  "counts.chartAlt": {
    ky: "{line} сызыгы, {direction}: аралыктар боюнча диаграмма. Сандар төмөнкү таблицада.",
    ru: "Линия {line}, {direction}: диаграмма по интервалам. Числа в таблице ниже.",
    en: "Line {line}, {direction}: bar chart by bin. The numbers are in the table below.",
  },
  "counts.table": { ky: "Таблица", ru: "Таблица", en: "Table" },
  "counts.download": { ky: "CSV жүктөп алуу", ru: "Скачать CSV", en: "Download CSV" },
  "counts.downloadNote": { ky: "Экрандагынын так өзү: {rows, plural, one {# сап} other {# сап}}", ru: "Ровно то, что на экране: {rows, plural, one {# строка} few {# строки} many {# строк} other {# строки}}", en: "Exactly what is shown: {rows, plural, one {# row} other {# rows}}" },
  "counts.col.bin": { ky: "Аралык", ru: "Интервал", en: "Bin" },
  "counts.col.line": { ky: "Сызык", ru: "Линия", en: "Line" },
  "counts.col.direction": { ky: "Багыт", ru: "Направление", en: "Direction" },
  "counts.col.observed": { ky: "Байкалды", ru: "Наблюдалось", en: "Observed" },
  "counts.dir.forward": { ky: "жебе боюнча", ru: "по стрелке", en: "along the arrow" },
  "counts.dir.backward": { ky: "жебеге каршы", ru: "против стрелки", en: "against the arrow" },
} as const satisfies MessageTable;
