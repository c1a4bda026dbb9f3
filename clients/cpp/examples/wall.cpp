// Every alert that stands, redrawn when something changes. wall [PREFIX]

#include "vigil/client.hpp"

#include <iostream>

using namespace vigil;

int main(int argc, char** argv) {
    std::map<std::string, v1::Alert> standing;
    std::string lost;
    const auto apply = [&standing](v1::Envelope const& envelope) {
        auto const& alert = envelope.alert();
        if (alert.signal() == v1::SIGNAL_STATE_CLOSED || !alert.moved_to().empty())
            standing.erase(alert.id());
        else if (envelope.has_alert())
            standing[alert.id()] = alert;
    };
    client::Client client(argc > 1 ? argv[1] : "vigil.v1.alert");
    for (;;) {
        const auto event = client.next(std::chrono::minutes(1));
        if (!event) continue;
        if (auto const* update = std::get_if<client::Update>(&*event)) apply(update->envelope);
        if (auto const* all = std::get_if<client::Resynchronised>(&*event)) {
            standing.clear();
            for (auto const& one : all->state) apply(one.envelope);
            for (auto const& [stream, n] : all->lost)
                std::cout << n << " messages of " << stream.bed << " were missed\n";
        }
        if (auto const* gone = std::get_if<client::Lost>(&*event)) lost = gone->why;
        if (std::holds_alternative<client::Back>(*event)) lost.clear();
        std::cout << (lost.empty() ? "---\n" : "--- FEED LOST, do not trust what stands here: " + lost + '\n');
        for (auto const& [id, alert] : standing)
            std::cout << alert.unit() << '/' << alert.bed() << ' ' << v1::SignalState_Name(alert.signal()) << ' '
                      << alert.reason() << std::endl;
    }
}
