// Signing in, and why one has to.
import type { MessageTable } from "../locales";

export const session = {
  "signIn.about": { ky: "Шаардын коопсуз кыймыл тутуму", ru: "Система безопасного движения города", en: "The city's traffic safety system" },
  "signIn.name": { ky: "Колдонуучунун аты", ru: "Имя пользователя", en: "User name" },
  "signIn.password": { ky: "Сырсөз", ru: "Пароль", en: "Password" },
  "signIn.showPassword": { ky: "Сырсөздү көрсөтүү", ru: "Показать пароль", en: "Show password" },
  "signIn.submit": { ky: "Кирүү", ru: "Войти", en: "Sign in" },
  "signIn.wrong": {
    ky: "Аты же сырсөз туура эмес. Тилди жана Caps Lock баскычын текшериңиз.",
    ru: "Имя или пароль не подходят. Проверьте раскладку и Caps Lock.",
    en: "The name or the password does not fit. Check the keyboard layout and Caps Lock.",
  },
  "signIn.tooMany": {
    ky: "Аракет өтө көп болду. Бир мүнөт күтүп, кайра кириңиз.",
    ru: "Слишком много попыток. Подождите минуту и попробуйте снова.",
    en: "Too many attempts. Wait a minute and try again.",
  },
  "signIn.missing": { ky: "Аты менен сырсөздү толтуруңуз.", ru: "Введите имя и пароль.", en: "Enter name and password." },
  "signIn.ended": {
    ky: "Сеанс бүттү. Ушул эле барактан улантуу үчүн кайра кириңиз.",
    ru: "Сеанс завершён. Войдите снова, чтобы продолжить с этой же страницы.",
    en: "Your session has ended. Sign in again to go on from this page.",
  },
  "signIn.noCentre": { ky: "Борбор жооп бербей жатат. Тармакты текшерип, кайра аракет кылыңыз.", ru: "Центр не отвечает. Проверьте сеть и повторите.", en: "The centre does not answer. Check the network and try again." },
} as const satisfies MessageTable;
