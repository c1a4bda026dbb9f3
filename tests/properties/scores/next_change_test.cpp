// What dialysis, laboratory results, grades and attestations can change by themselves, one by one.

#include "next_change.hpp"

using vigil::test::names_change;

TEST_CASE("next_change names when dialysis becomes enough and when it is a week ago") {
    const std::string set = "; 0 bili 2, inr 1.5, crea 0.8";
    // A continuous treatment reaches its day while it runs, and is less than a day when its begin is a week ago.
    names_change("-20h rrt crrt" + set, "meld rolling", "+1h", "+4h");
    names_change("-143h rrt crrt; -119h rrt ended" + set, "meld now", "+1h", "+25h+1ms");
    names_change("-150h rrt ihd; -146h rrt ended; -20h rrt ihd; -16h rrt ended" + set, "meld rolling", "0", "+18h");
    names_change("-167h rrt crrt until=-139h" + set, "meld now", "0", "+5h+1ms");
}

TEST_CASE("next_change names when a result is carried, and when a grade or an attestation ends") {
    names_change("-3h bili 2, inr 1.5, crea 0.8, na 130", "meld_na now", "0", "+33h+1ms");
    names_change("-3h bili 2, inr 1.5, crea 0.8, na 130; 0 na 131", "meld_na now", "+40h", "+69h+1ms");
    names_change("-3h encephalopathy 2", "child_pugh now", "0", "+21h+1ms");
    names_change("-3h encephalopathy 2 until=+2h", "child_pugh now", "0", "+2h");
    names_change("-3h ascites severe until=+2h", "child_pugh rolling", "0", "+2h");
    names_change("-3h dic_disorder yes until=+2h; 0 plt 40, ddimer 9", "isth_dic now", "0", "+2h");
    names_change("-3h sepsis yes until=+2h; 0 plt 40, inr 2", "sic now", "0", "+2h");
}

TEST_CASE("next_change names when the first day begins, is over, and no longer stands") {
    using namespace vigil;
    const auto opened = test::t0 - model::hours(20);
    for (const std::string score : {"apache2 day", "saps2 day"}) {
        names_change("-21h na 140", score, "-20h-1ms", "-20h", opened);
        names_change("-1h na 140", score, "0", "+4h", opened);
        names_change("-1h na 140", score, "+4h", "+5h", opened);
        names_change("-1h admission_type medical until=+2h, aids yes until=+2h", score, "0", "+2h", opened);
    }
    names_change("-19h..-13h/1h uo 20", "saps2 day", "-8h", "-8h+1ms", opened);
}
