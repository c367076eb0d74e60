//! A calibration's report in words and small tables.

use kerege_contract::calibration::{CalibrationReport, Finding, FindingCode, PointFit, Verdict};
use std::fmt::Write as _;

/// The whole report. `file` is what the points were read from.
pub(super) fn of(file: &str, report: &CalibrationReport) -> String {
    let verdict = match report.verdict {
        Verdict::Good => "good: its error is known and small",
        Verdict::Usable => "usable; see below what would make it better",
        Verdict::Unusable => "not usable; see below what to do",
    };
    let mut text = format!("{file}: {verdict}\n\n");
    points(&mut text, report);
    // Writing to a text cannot fail.
    let _infallible =
        writeln!(text, "\nDistances and speeds may be off by {:.1} % because of it.", 100.0 * report.relative_error);
    let _infallible = writeln!(
        text,
        "It holds in {:.0} % of the picture and nothing is claimed outside;",
        100.0 * report.valid_share
    );
    let corners: Vec<String> =
        report.valid.iter().map(|corner| format!("[{:.3}, {:.3}]", corner.x, corner.y)).collect();
    let _infallible = writeln!(text, "  valid = [{}]", corners.join(", "));
    let _infallible = writeln!(
        text,
        "speeds are claimed in {:.0} % of that, where a pixel is at most {} m.",
        100.0 * report.speed_share,
        report.max_metres_per_pixel
    );
    resolution(&mut text, report);
    if !report.findings.is_empty() {
        text.push_str("\nWhat to do:\n");
        for finding in &report.findings {
            let _infallible = writeln!(text, "- {}", remedy(finding, report));
        }
    }
    text
}

fn points(text: &mut String, report: &CalibrationReport) {
    text.push_str("point  picture          road                      off by             without it\n");
    for (index, point) in report.points.iter().enumerate() {
        let PointFit { image, road, .. } = point;
        let picture = format!("{:.3}, {:.3}", image.x, image.y);
        let road = format!("{}, {}", short(road[0]), short(road[1]));
        let off = format!("{:.1} px, {:.2} m", point.residual_px, point.residual_m);
        let without = match (point.used, point.left_out_m) {
            (false, _) => "left out".to_owned(),
            (true, Some(metres)) => format!("{metres:.2} m"),
            (true, None) => "unknown".to_owned(),
        };
        let _infallible = writeln!(text, "{:<5}  {picture:<15}  {road:<24}  {off:<17}  {without}", index + 1);
    }
    let off = format!("{:.1} px, {:.2} m", report.rms_px, report.rms_m);
    let without = report.left_out_rms_m.map_or_else(|| "unknown".to_owned(), |metres| format!("{metres:.2} m"));
    let _infallible = writeln!(text, "{:<5}  {:<15}  {:<24}  {off:<17}  {without}", "all", "", "");
}

/// Degrees need seven decimals, metres two.
fn short(value: f64) -> String {
    let text = format!("{value:.7}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn resolution(text: &mut String, report: &CalibrationReport) {
    text.push_str("\nMetres per pixel over the picture (in brackets outside of the valid area, - above the road):\n");
    for row in &report.resolution {
        for cell in row {
            let shown = match (cell.metres_per_pixel, cell.valid) {
                (None, _) => "-".to_owned(),
                (Some(metres), true) => format!("{metres:.3}"),
                (Some(metres), false) if metres < 10.0 => format!("({metres:.2})"),
                (Some(_), false) => "(>10)".to_owned(),
            };
            let _infallible = write!(text, "{shown:>9}");
        }
        text.push('\n');
    }
}

fn remedy(finding: &Finding, report: &CalibrationReport) -> String {
    let point = finding.point.unwrap_or(0);
    match finding.code {
        FindingCode::ErrorUnknown => "The error is not known well: four points always fit, and five tell little. Add \
             points until there are six or more, some of them far from the others."
            .to_owned(),
        FindingCode::PointLeftOut => {
            let off = report.points.get(point - 1).map_or(0.0, |point| point.residual_m);
            format!(
                "Point {point} is {off:.2} m away from where the others put it, and was left out. Measure it again, and \
                 look whether the right corner was clicked."
            )
        }
        FindingCode::PointsDisagree => {
            "So many points do not fit the others that nobody knows which are right. Measure \
             them again; look for exchanged digits and for a picture of another camera or position."
                .to_owned()
        }
        FindingCode::TurnedOver => "Left and right are exchanged: degrees are written longitude first, then latitude, \
             and metres with y to the left of x (x to the east, y to the north)."
            .to_owned(),
        FindingCode::LargeError => "The error is large for speeds. Measure to the centimetre (with a tape or a total \
             station, not on a map), click marks on the road itself, and use points that are far apart."
            .to_owned(),
        FindingCode::SmallArea => {
            "The points cover little of the picture. Add points nearer to the camera and farther \
             away, on both sides of the road."
                .to_owned()
        }
        FindingCode::TooCoarse => format!(
            "Nowhere in the area is a pixel at most {} m: no speed will be claimed. Use points nearer to the camera, a \
             longer lens or a larger picture.",
            report.max_metres_per_pixel
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerege_contract::FrameSize;
    use kerege_contract::scene::PointsFile;

    /// Seen by a camera 8 m above the road that looks down by 18 degrees.
    const POINTS: &str = "v = 1\n[calibration]\nunit = 'metres'\npoints = [\n\
        { image = [0.253, 0.789], road = [-5, 14] }, { image = [0.797, 0.789], road = [6, 14] },\n\
        { image = [0.604, 0.307], road = [6, 45] }, { image = [0.414, 0.307], road = [-5, 45] },\n\
        { image = [0.517, 0.548], road = [0.5, 22] }, { image = [0.626, 0.426], road = [5, 30] },\n]\n";

    fn report(text: &str) -> String {
        let file = PointsFile::from_toml(text).unwrap();
        let report = kerege_pipelines::calibrate(&file.calibration, FrameSize::new(1280, 720), 0.25).unwrap();
        of("points.toml", &report)
    }

    #[test]
    fn the_report_is_plain_and_names_what_is_wrong() {
        let good = report(POINTS);
        assert!(good.starts_with("points.toml: "), "{good}");
        for words in ["1      0.253, 0.789     -5, 14 ", "all ", "valid = [[", "Metres per pixel", " % because of it."]
        {
            assert!(good.contains(words), "'{words}' is missing in\n{good}");
        }
        assert!(!good.contains("left out"), "{good}");
        let wrong = report(&POINTS.replace("road = [0.5, 22]", "road = [3.5, 22]"));
        assert!(wrong.contains("usable") && wrong.contains("What to do:\n- Point 5 is "), "{wrong}");
        assert!(wrong.lines().any(|line| line.starts_with("5 ") && line.ends_with("left out")), "{wrong}");
    }
}
