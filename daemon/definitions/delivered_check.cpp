#include "definitions/delivered_check.hpp"

#include "definitions/delivered_scores.hpp"
#include "definitions/toml_reader.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using model::Decimal;
using model::Ratio;

// At most so many times more or less. Units that are taken for one another are mostly further apart: inches and
// centimetres 2.54, kPa and mm[Hg] 7.5; what is nearer (D-dimer in two units 2, a salt and its base 2) is not found so.
constexpr Decimal apart{25, 1};
// Lists that sites are meant to set, or that are printed with others.
struct Wider {
    std::string_view score, element; // as known_by has it
    Decimal apart;
};
constexpr Wider wider[] = {
    {"scores/isth_dic.toml",
     "part=marker",
     {100, 0}}, // what is delivered is an example (Taylor 2001: the laboratory's own)
    {"scores/child_pugh.toml", "part=bili", {4, 0}}, // cholestatic disease: 4 and 10 mg/dL (scores.md 8.2)
};

// What is no number although it may look like one.
constexpr std::string_view names[] = {"id", "version", "citation", "name"};

std::optional<Decimal> number_of(toml::node const& node) {
    if (auto const* whole = node.as_integer()) return model::make_decimal(whole->get(), 0);
    auto const* text = node.as_string();
    return text != nullptr ? model::parse_decimal(text->get()) : std::nullopt;
}

bool is_points(std::string_view key) { return key == "points" || key.ends_with("_points"); }

Ratio size_of(Decimal d) { return model::ratio({d.mantissa < 0 ? -d.mantissa : d.mantissa, d.scale}); }

bool within_reach(Decimal own, Decimal base, Decimal many) {
    if (base.mantissa == 0) return true;
    if (own.mantissa == 0 || (own.mantissa < 0) != (base.mantissa < 0)) return false;
    const auto most = model::scaled(size_of(base), many, {1, 0}), least = model::scaled(size_of(base), {1, 0}, many);
    return most && least && size_of(own) <= *most && size_of(own) >= *least;
}

// The words an element of a list is known by: part and signal, a drug, a device; empty for bands and steps, which are
// known by their place.
std::string known_by(toml::table const& element) {
    std::string out;
    for (auto const& [key, node] : element) {
        auto const* text = node.as_string();
        if (text == nullptr || key.str() == "citation" || number_of(node)) continue;
        out.append(key.str()).append("=").append(text->get()).append(" ");
    }
    return out;
}

class Comparison {
public:
    Comparison(File const& file, Problems& problems)
        : file_{file},
          problems_{problems} {}

    void tables(toml::table const& own, toml::table const& delivered, std::string const& before, bool in_list) {
        for (auto const& [key, base] : delivered) {
            auto const* node = own.get(key.str());
            if (node == nullptr || std::find(std::begin(names), std::end(names), key.str()) != std::end(names))
                continue;
            const auto path = before + std::string{key.str()};
            if (auto const* inner = base.as_table(); inner != nullptr && node->is_table())
                tables(*node->as_table(), *inner, path + ".", false);
            else if (auto const* list = base.as_array(); list != nullptr && node->is_array())
                lists(*node->as_array(), *list, path);
            else if (!(in_list && is_points(key.str()))) // those of a list are the shape's
                numbers(*node, base, path, is_points(key.str()));
        }
    }

private:
    void lists(toml::array const& own, toml::array const& delivered, std::string const& path) {
        for (std::size_t i = 0; i < own.size(); ++i) {
            auto const* element = own[i].as_table();
            if (element == nullptr) {
                if (i < delivered.size()) numbers(own[i], delivered[i], path, false);
                continue;
            }
            const auto name = known_by(*element);
            if (name.empty() && own.size() == delivered.size() && delivered[i].is_table())
                tables(*element, *delivered[i].as_table(), path + ".", true);
            for (auto const& base : delivered)
                if (!name.empty() && base.is_table() && known_by(*base.as_table()) == name) {
                    many_ = many_times(name);
                    tables(*element, *base.as_table(), path + ".", false);
                    many_ = apart;
                }
        }
    }
    void numbers(toml::node const& own, toml::node const& delivered, std::string const& path, bool are_points) {
        const auto given = number_of(own), base = number_of(delivered);
        if (!given || !base) return;
        if (are_points && (*given <=> *base) != 0)
            problem(own, path, "is " + to_string(*base) + " by the definition: limits may be moved, not points");
        else if (!within_reach(*given, *base, many_))
            problem(own, path,
                    to_string(*given) + " is more than " + to_string(many_) + " times off the " + to_string(*base) +
                        " that was delivered: in another unit?");
    }
    void problem(toml::node const& at, std::string const& path, std::string message) {
        auto const& begin = at.source().begin;
        problems_.push_back(
            {file_.shown, static_cast<int>(begin.line), static_cast<int>(begin.column), path, std::move(message)});
    }

    Decimal many_times(std::string const& element) const {
        for (auto const& w : wider)
            if (w.score == file_.name && element.find(w.element) != std::string::npos) return w.apart;
        return apart;
    }

    File const& file_;
    Problems& problems_;
    Decimal many_ = apart;
};

} // namespace

bool is_modified_for_all(File const& file) {
    constexpr std::string_view of_sofa_alone[] = {"id",     "version", "citation", "columns",
                                                  "sf_512", "sf_302",  "policies"};
    auto const* table = delivered_table(file.name);
    if (table == nullptr || table->content == file.content) return false;
    Problems none;
    auto own = parse_toml(file, none);
    auto delivered = parse_toml({file.name, file.name, std::string{table->content}}, none);
    if (!own || !delivered) return true;
    for (auto const key : of_sofa_alone) {
        own->erase(key);
        delivered->erase(key);
    }
    return *own != *delivered;
}

void check_against_delivered(Files const& files, Problems& problems) {
    for (auto const& file : files) {
        auto const* table = delivered_table(file.name);
        if (table == nullptr || table->content == file.content) continue;
        Problems none; // told by whoever reads the table
        const auto own = parse_toml(file, none);
        const auto delivered = parse_toml({file.name, file.name, std::string{table->content}}, none);
        if (own && delivered) Comparison{file, problems}.tables(*own, *delivered, "", false);
    }
}

} // namespace vigil::definitions
